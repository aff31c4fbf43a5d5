import { lazy, Suspense, useState } from 'react';
import { useTranslation } from '@/shared/i18n';
import { calm, hurry } from '@/shared/lib/calm';
import { part } from '@/shared/lib/part';
import { Button, IconButton, UploadIcon } from '@/shared/ui';
import { Optional } from './Boundary';
import { useUser } from './session';

const load = part(async () => ({ default: (await import('./Uploads')).AddButton }));
const Loaded = lazy(() => calm.then(load));

/**
 * The button that adds photos to a space. Uploading is fetched after the first photos are on the screen, or when
 * somebody presses the button before that.
 */
export function AddButton({ spaceId, compact = false }: { spaceId: string; compact?: boolean }) {
  const { t } = useTranslation();
  const user = useUser();
  const [pressed, setPressed] = useState(false);

  function press(): void {
    setPressed(true);
    hurry();
  }

  const waiting = compact ? (
    <IconButton label={t('upload')} onClick={press}>
      <UploadIcon />
    </IconButton>
  ) : (
    <Button variant="primary" icon={<UploadIcon size={20} />} onClick={press}>
      {t('upload')}
    </Button>
  );
  return (
    <Optional fallback={waiting}>
      <Suspense fallback={waiting}>
        {user && <Loaded userId={user.id} spaceId={spaceId} compact={compact} pressed={pressed} />}
      </Suspense>
    </Optional>
  );
}
