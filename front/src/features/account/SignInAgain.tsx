import { useEffect, useId, useRef } from 'react';
import type { User } from '@/api/types';
import { useTranslation } from '@/shared/i18n';
import { Button } from '@/shared/ui';
import entrance from './Entrance.module.css';
import styles from './SignInAgain.module.css';
import { WaysIn } from './WaysIn';

/**
 * Stands before everything when a session has ended by itself. The page behind it is kept, with what was typed there,
 * and cannot be seen: whoever ended the session may have meant exactly that.
 */
export default function SignInAgain({ user, onLeave }: { user: User; onLeave: () => void }) {
  const { t } = useTranslation('account');
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  useEffect(() => {
    const element = dialog.current;
    if (!element?.open) element?.showModal();
    element?.querySelector<HTMLElement>('input:placeholder-shown, [type=password]')?.focus();
    return () => element?.close();
  }, []);
  return (
    <dialog
      ref={dialog}
      className={styles.again}
      aria-labelledby={heading}
      onCancel={(event) => event.preventDefault()}
      // Browsers let the second Escape through whatever the page says about the first.
      onClose={() => dialog.current?.isConnected && dialog.current.showModal()}
    >
      <div className={entrance.card}>
        <header className={entrance.header}>
          <h1 id={heading}>{t('again.title')}</h1>
          <p>{t('again.text', { name: user.name })}</p>
        </header>
        <WaysIn login={user.login} />
        <Button variant="quiet" block onClick={onLeave}>
          {t('again.other')}
        </Button>
      </div>
    </dialog>
  );
}
