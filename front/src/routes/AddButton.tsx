import { lazy, Suspense } from 'react';
import { useTranslation } from '@/shared/i18n';
import { Button, IconButton, UploadIcon } from '@/shared/ui';
import { calm } from './calm';
import { useUser } from './session';

const Loaded = lazy(async () => {
  await calm;
  return { default: (await import('./Uploads')).AddButton };
});

/** The button that adds photos to a space. Uploading is fetched after the first photos are on the screen. */
export function AddButton({ spaceId, compact = false }: { spaceId: string; compact?: boolean }) {
  const { t } = useTranslation('upload');
  const user = useUser();
  const waiting = compact ? (
    <IconButton label={t('button')} disabled>
      <UploadIcon />
    </IconButton>
  ) : (
    <Button variant="primary" icon={<UploadIcon size={20} />} disabled>
      {t('button')}
    </Button>
  );
  return (
    <Suspense fallback={waiting}>
      {user && <Loaded userId={user.id} spaceId={spaceId} compact={compact} />}
    </Suspense>
  );
}
