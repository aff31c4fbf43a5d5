import { useQueryClient, useSuspenseQuery } from '@tanstack/react-query';
import { Outlet, useNavigate, useParams, useRouter } from '@tanstack/react-router';
import { useEffect, useEffectEvent, useState } from 'react';
import { followEvents, subscribeToEvents } from '@/api/events';
import { sessionState, subscribeToSession } from '@/api/session';
import type { Space, User } from '@/api/types';
import { AppShell } from '@/features/shell';
import {
  CreateSpaceDialog,
  canAdd,
  SPACES_KEY,
  SpaceSwitcher,
  StorageUse,
  spacesQuery,
} from '@/features/spaces';
import { DropZone, UploadButton, UploadPanel, UploadProvider } from '@/features/upload';
import { homeSpace } from './lastSpace';
import { useUser } from './session';

/** Everything behind the sign-in: the shell, the upload queue, live changes. */
export function Inside() {
  const user = useUser();
  useLeaving();
  if (!user) return null;
  return (
    <UploadProvider userId={user.id}>
      <LiveChanges />
      <Frame user={user} />
      <Uploads />
    </UploadProvider>
  );
}

function Frame({ user }: { user: User }) {
  const { data: spaces } = useSuspenseQuery(spacesQuery);
  const { spaceId } = useParams({ strict: false });
  const navigate = useNavigate();
  const [creating, setCreating] = useState(false);
  const open = spaces.find((space) => space.id === spaceId) ?? null;
  const current = spaceId ? open : homeSpace(spaces, user);
  const enter = (id: string) => void navigate({ to: '/s/$spaceId', params: { spaceId: id } });
  return (
    <>
      <AppShell
        user={user}
        space={current}
        switcher={
          <SpaceSwitcher
            current={current}
            spaces={spaces}
            onSwitch={enter}
            onCreate={() => setCreating(true)}
          />
        }
        upload={current && canAdd(current) ? uploadButtons(current) : null}
        storage={current && <StorageUse space={current} />}
      >
        <Outlet />
      </AppShell>
      {open && canAdd(open) && <DropZone spaceId={open.id} spaceName={open.name} />}
      <CreateSpaceDialog
        open={creating}
        onClose={() => setCreating(false)}
        onCreated={(space) => enter(space.id)}
      />
    </>
  );
}

function Uploads() {
  const navigate = useNavigate();
  return (
    <UploadPanel
      onOpen={(spaceId, photo) =>
        void navigate({ to: '/s/$spaceId', params: { spaceId }, search: { photo } })
      }
    />
  );
}

function uploadButtons(space: Space) {
  return {
    wide: <UploadButton spaceId={space.id} />,
    compact: <UploadButton spaceId={space.id} compact />,
  };
}

/** Goes to the sign-in when the session ends, and remembers the way back when nobody asked for the end. */
function useLeaving(): void {
  const router = useRouter();
  const queries = useQueryClient();
  const leave = useEffectEvent(() => {
    const state = sessionState();
    if (state.status !== 'signed-out') return;
    const { href } = router.state.location;
    void router.navigate({ to: '/sign-in', search: state.ended ? { return: href } : {}, replace: true });
    queries.clear();
  });
  useEffect(() => subscribeToSession(() => leave()), []);
}

/** Memberships and counts follow what others do. */
const PAUSE_MS = 3000;

function LiveChanges() {
  const queries = useQueryClient();
  useEffect(() => {
    const stop = new AbortController();
    let waiting: ReturnType<typeof setTimeout> | undefined;
    const refetch = () => void queries.invalidateQueries({ queryKey: SPACES_KEY });
    const soon = () => {
      waiting ??= setTimeout(() => {
        waiting = undefined;
        refetch();
      }, PAUSE_MS);
    };
    const unsubscribe = subscribeToEvents((event) => {
      if (event.type === 'spaces') refetch();
      else if (event.type === 'assets') soon();
    });
    void followEvents(stop.signal);
    return () => {
      stop.abort();
      clearTimeout(waiting);
      unsubscribe();
    };
  }, [queries]);
  return null;
}
