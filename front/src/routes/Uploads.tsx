import type { Space } from '@/api/types';
import { DropZone, UploadButton, UploadPanel, UploadProvider } from '@/features/upload';
import { navigate } from '@/shared/navigation';

/**
 * The upload feature as the pages see it. Its queue belongs to the person and not to a component, so each part
 * brings its own provider and they meet in the queue.
 */
export function AddButton(props: { userId: string; spaceId: string; compact: boolean }) {
  return (
    <UploadProvider userId={props.userId}>
      <UploadButton spaceId={props.spaceId} compact={props.compact} />
    </UploadProvider>
  );
}

/** What the queue is doing, and the page as a place to drop files on; `target` is where they go. */
export default function Uploads({ userId, target }: { userId: string; target: Space | null }) {
  return (
    <UploadProvider userId={userId}>
      <UploadPanel
        onOpen={(spaceId, photo) => navigate({ to: '/s/$spaceId', params: { spaceId }, search: { photo } })}
      />
      {target && <DropZone spaceId={target.id} spaceName={target.name} />}
    </UploadProvider>
  );
}
