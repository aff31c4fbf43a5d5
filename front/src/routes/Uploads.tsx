import { type ComponentProps, useEffect, useEffectEvent } from 'react';
import type { Space } from '@/api/types';
import { DropZone, UploadMenu, UploadPanel, UploadProvider, useUploadSnapshot } from '@/features/upload';
import { setBusy } from '@/shared/lib/busy';
import { haptic } from '@/shared/max';
import { navigate } from '@/shared/navigation';

/**
 * What a button that adds photos needs of the upload feature. Its queue belongs to the person and not to a component, so each
 * part brings its own provider and they meet in the queue.
 */
export function AddMenu({ userId, ...menu }: { userId: string } & ComponentProps<typeof UploadMenu>) {
  return (
    <UploadProvider userId={userId}>
      <UploadMenu {...menu} />
    </UploadProvider>
  );
}

/** What the queue is doing, and the page as a place to drop files on; `target` is where they go. */
export default function Uploads({ userId, target }: { userId: string; target: Space | null }) {
  return (
    <UploadProvider userId={userId}>
      <Busy />
      <UploadPanel
        onOpen={(spaceId, photo) => navigate({ to: '/s/$spaceId', params: { spaceId }, search: { photo } })}
      />
      {target && <DropZone spaceId={target.id} spaceName={target.name} />}
    </UploadProvider>
  );
}

/** Tells the rest of the page while something is on its way, and the fingertip when all of it has arrived. */
function Busy() {
  const { totals } = useUploadSnapshot();
  const isBusy = totals.active + totals.waiting > 0;
  const needsAttention = totals.attention > 0;
  const ended = useEffectEvent(() => haptic(needsAttention ? 'error' : 'success'));
  useEffect(() => {
    if (!isBusy) return undefined;
    setBusy(true);
    return () => {
      setBusy(false);
      ended();
    };
  }, [isBusy]);
  return null;
}
