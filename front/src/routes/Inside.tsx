import { useQueryClient, useSuspenseQuery } from '@tanstack/react-query';
import { lazy, type ReactNode, Suspense, useEffect, useState } from 'react';
import { subscribeToEvents } from '@/api/events';
import { abandonSession, type SessionState } from '@/api/session';
import type { User } from '@/api/types';
import { AppShell } from '@/features/shell';
import { canAdd, SPACES_KEY, SpaceSwitcher, StorageUse, spacesQuery } from '@/features/spaces';
import { calm, hurry } from '@/shared/lib/calm';
import { part } from '@/shared/lib/part';
import { hereAsPath, hrefOf, navigate, useAddress } from '@/shared/navigation';
import { AddButton } from './AddButton';
import { Optional } from './Boundary';
import { lastSpace } from './lastSpace';
import { Redirect } from './Redirect';
import { useSession, useUser } from './session';
import { homeSpace, useMemoryOfSpaces, useSpaceId } from './spaces';

const loadUploads = part(() => import('./Uploads'));
const Uploads = lazy(() => calm.then(loadUploads));
const CreateSpaceDialog = lazy(part(() => import('@/features/spaces/CreateSpaceDialog')));
const SignInAgain = lazy(part(() => import('@/features/account/SignInAgain')));

/** Everything behind the sign-in: the shell, the upload queue, live changes. */
export function Inside({ children }: { children: ReactNode }) {
  const session = useSession();
  const user = useUser();
  if (!user) return <Redirect path={isGone(session) ? '/sign-in' : signInPath()} />;
  const ended = session.status === 'signed-out';
  return (
    <>
      <Frame key={user.id} user={user} live={!ended}>
        {children}
      </Frame>
      {ended && (
        <Suspense>
          <SignInAgain user={user} onLeave={abandonSession} />
        </Suspense>
      )}
    </>
  );
}

function isGone(session: SessionState): boolean {
  return session.status === 'signed-out' && session.why === 'left';
}

/** The sign-in, with the way back. */
function signInPath(): string {
  const here = hereAsPath();
  return hrefOf({ to: '/sign-in', search: here === '/' ? {} : { return: here } });
}

/** `live`: the session holds, so that changes can be followed. */
function Frame({ user, live, children }: { user: User; live: boolean; children: ReactNode }) {
  const { data: spaces } = useSuspenseQuery(spacesQuery);
  const spaceId = useSpaceId();
  const [creating, setCreating] = useState(false);
  const open = spaces.find((space) => space.id === spaceId) ?? null;
  const current = open ?? homeSpace(spaces, user);
  const enter = (id: string) => navigate({ to: '/s/$spaceId', params: { spaceId: id } });
  useMemoryOfSpaces(spaces);
  useLiveChanges(live);
  useEffect(() => {
    if (open) lastSpace.set(open.id);
  }, [open]);
  const { pathname } = useAddress();
  useEffect(() => {
    if (!showsPhotos(pathname)) hurry();
  }, [pathname]);
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
        upload={
          current && canAdd(current)
            ? {
                wide: <AddButton spaceId={current.id} />,
                compact: <AddButton spaceId={current.id} compact />,
              }
            : null
        }
        storage={current && <StorageUse space={current} />}
      >
        {children}
      </AppShell>
      <Optional>
        <Suspense>
          <Uploads userId={user.id} target={open && canAdd(open) ? open : null} />
        </Suspense>
      </Optional>
      {creating && (
        <Optional onMissing={() => setCreating(false)}>
          <Suspense>
            <CreateSpaceDialog onClose={() => setCreating(false)} onCreated={(space) => enter(space.id)} />
          </Suspense>
        </Optional>
      )}
    </>
  );
}

/** The front door leads to photos too. */
function showsPhotos(pathname: string): boolean {
  return pathname === '/' || /^\/s\/[^/]+(\/(favourites|archive|trash))?$/.test(pathname);
}

/** Counts of photos follow uploads at this distance, however many arrive. */
const PAUSE_MS = 3000;

const loadStream = part(() => import('@/api/stream'));

/** Live changes can wait for the first photos. Where their part does not come, it is asked for until it does. */
async function follow(signal: AbortSignal): Promise<void> {
  await calm;
  while (!signal.aborted) {
    const stream = await loadStream().catch(() => null);
    if (stream) return stream.followEvents(signal);
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}

/** Keeps memberships and counts as others change them. */
function useLiveChanges(live: boolean): void {
  const queries = useQueryClient();
  useEffect(() => {
    if (!live) return;
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
      if (event.type === 'assets') soon();
      else refetch();
    });
    void follow(stop.signal);
    return () => {
      stop.abort();
      clearTimeout(waiting);
      unsubscribe();
    };
  }, [queries, live]);
}
