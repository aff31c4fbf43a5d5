import type { ReactNode } from 'react';
import { Offline } from '@/api/problem';
import { useTranslation } from '@/shared/i18n';
import { useErrorText } from '@/shared/i18n/errors';
import { Link } from '@/shared/navigation';
import { Button, EmptyState, ErrorIcon, ImageIcon, OfflineIcon, Spinner } from '@/shared/ui';
import styles from './FullPage.module.css';

/** Something went wrong that no page could deal with. */
export function ErrorPage({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  const { t } = useTranslation('shell');
  const errorText = useErrorText();
  const offline = error instanceof Offline;
  return (
    <Full>
      <title>{t('error.title')}</title>
      <EmptyState
        wholePage
        icon={offline ? <OfflineIcon size={32} /> : <ErrorIcon size={32} />}
        title={offline ? t('offline.title') : t('error.title')}
        action={
          <Button variant="primary" onClick={onRetry}>
            {t('retry', { ns: 'shared' })}
          </Button>
        }
      >
        <p role="alert">{errorText(error)}</p>
      </EmptyState>
    </Full>
  );
}

/** Nothing lives at this address, or nothing that this person may see: the two look the same on purpose. */
export function NotFoundPage() {
  const { t } = useTranslation('shell');
  return (
    <Full>
      <title>{t('notFound.title')}</title>
      <EmptyState
        wholePage
        icon={<ImageIcon size={32} />}
        title={t('notFound.title')}
        action={
          <Link to="/" className={styles.home}>
            {t('notFound.home')}
          </Link>
        }
      >
        <p>{t('notFound.text')}</p>
      </EmptyState>
    </Full>
  );
}

/** A page is on its way, and has been for a while. */
export function PendingPage() {
  const { t } = useTranslation();
  return (
    <Full>
      <p className={styles.pending} role="status">
        <Spinner size={28} />
        <span className={styles.hidden}>{t('loading')}</span>
      </p>
    </Full>
  );
}

function Full({ children }: { children: ReactNode }) {
  return <div className={styles.full}>{children}</div>;
}
