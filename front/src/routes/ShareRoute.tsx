import { useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { useEffect, useEffectEvent } from 'react';
import type { Space, User } from '@/api/types';
import { canAdd, spacesQuery } from '@/features/spaces';
import { ShareTarget, UploadProvider, useUpload } from '@/features/upload';
import { emptyInbox, lookIntoInbox } from '@/shared/lib/inbox';
import { navigate } from '@/shared/navigation';
import { useUser } from './session';
import { homeSpace } from './spaces';

const inboxQuery = {
  queryKey: ['inbox'],
  queryFn: () => lookIntoInbox().catch(() => []),
  gcTime: 0,
  staleTime: Number.POSITIVE_INFINITY,
};

/** Where photos arrive that another application has shared with the installed gallery. */
export default function ShareRoute() {
  const user = useUser();
  return (
    user && (
      <UploadProvider userId={user.id}>
        <Arrival user={user} />
      </UploadProvider>
    )
  );
}

function Arrival({ user }: { user: User }) {
  const { store, addFiles, pick } = useUpload();
  const { data: files } = useQuery(inboxQuery);
  const { data: spaces } = useSuspenseQuery(spacesQuery);
  const open = spaces.filter(canAdd);
  const [only] = open;

  // Where there is nothing to choose nobody is asked.
  const giveAtOnce = useEffectEvent(() => only && give(only));
  const isPlain = files !== undefined && files.length > 0 && open.length === 1;
  useEffect(() => {
    if (isPlain) giveAtOnce();
  }, [isPlain]);

  function give(space: Space): void {
    if (files?.length === 0) pick(space.id);
    else if (files) void hand(files, space);
    navigate({ to: '/s/$spaceId', params: { spaceId: space.id }, replace: true });
  }

  /** Until the queue has them safe, the inbox is where they are. */
  async function hand(given: readonly File[], space: Space): Promise<void> {
    await addFiles(space.id, given);
    await new Promise<void>((resolve) => {
      const look = () => store.snapshot().atRisk || resolve();
      store.subscribe(look);
      look();
    });
    await emptyInbox().catch(() => undefined);
  }

  if (!files || isPlain) return null;
  return (
    <ShareTarget
      files={files}
      spaces={open}
      current={homeSpace(open, user)}
      onChoose={give}
      onDrop={() => {
        void emptyInbox().catch(() => undefined);
        navigate({ to: '/', replace: true });
      }}
    />
  );
}
