import { lazy, Suspense, useRef } from 'react';
import type { Picker } from '@/features/upload';
import { useTranslation } from '@/shared/i18n';
import { calm, hurry } from '@/shared/lib/calm';
import { part } from '@/shared/lib/part';
import { Button, IconButton, UploadIcon } from '@/shared/ui';
import styles from './AddButton.module.css';
import { Optional } from './Boundary';
import { useUser } from './session';

const load = part(async () => ({ default: (await import('./Uploads')).AddMenu }));
const AddMenu = lazy(() => calm.then(load));

/**
 * The button that adds photos to a space. Uploading is fetched after the first photos are on the screen, or when
 * somebody presses the button before that. It stays the same element all the time: a press during the change of two would
 * reach neither.
 */
export function AddButton({ spaceId, compact = false }: { spaceId: string; compact?: boolean }) {
  const { t } = useTranslation();
  const user = useUser();
  const picker = useRef<Picker>(null);
  const isWanted = useRef(false);

  function press(): void {
    isWanted.current = picker.current === null;
    picker.current?.pick();
    hurry();
  }

  function arrive(arrived: Picker | null): void {
    picker.current = arrived;
    if (arrived && isWanted.current) press();
  }

  return (
    <span className={styles.split}>
      {compact ? (
        <IconButton label={t('upload')} onClick={press}>
          <UploadIcon />
        </IconButton>
      ) : (
        <Button variant="primary" icon={<UploadIcon size={20} />} onClick={press}>
          {t('upload')}
        </Button>
      )}
      <Optional>
        <Suspense>
          {user && <AddMenu ref={arrive} userId={user.id} spaceId={spaceId} compact={compact} />}
        </Suspense>
      </Optional>
    </span>
  );
}
