/** The addresses of the application. Pages that a first visit does not need are fetched when they are opened. */
import type { QueryClient } from '@tanstack/react-query';
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
  useRouter,
} from '@tanstack/react-router';
import { resumeSession, sessionState } from '@/api/session';
import type { User } from '@/api/types';
import { freshlyLaunched } from '@/features/account';
import { ErrorPage, NotFoundPage, PendingPage } from '@/features/shell';
import { spacesQuery } from '@/features/spaces';
import { safeReturn } from '@/shared/lib/safeReturn';
import { Inside } from './Inside';
import { homeSpace, lastSpace } from './lastSpace';
import { SpaceLayout } from './SpaceLayout';
import { type PhotoSearch, photoSearch, type SignInSearch, signInSearch } from './search';
import { ArchiveRoute, FavouritesRoute, TimelineRoute, TrashRoute } from './timelines';

interface RouterContext {
  queries: QueryClient;
}

const root = createRootRouteWithContext<RouterContext>()({ component: Outlet });

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: (search: Record<string, unknown>): SignInSearch => signInSearch(search),
  beforeLoad: async ({ search }) => {
    if (freshlyLaunched()) return;
    const session = await resumeSession();
    if (session.status === 'signed-in') throw redirect({ href: safeReturn(search.return) ?? '/' });
  },
  component: lazyRouteComponent(() => import('./SignInRoute'), 'SignInRoute'),
});

const setup = createRoute({
  getParentRoute: () => root,
  path: '/setup',
  component: lazyRouteComponent(() => import('./SetupRoute'), 'SetupRoute'),
});

const join = createRoute({
  getParentRoute: () => root,
  path: '/join',
  beforeLoad: async () => {
    await resumeSession();
  },
  component: lazyRouteComponent(() => import('./JoinRoute'), 'JoinRoute'),
});

const inside = createRoute({
  getParentRoute: () => root,
  id: 'inside',
  beforeLoad: async ({ location }) => {
    if (!freshlyLaunched()) await resumeSession();
    const session = sessionState();
    if (session.status !== 'signed-in' || freshlyLaunched()) {
      const search: SignInSearch = location.pathname === '/' ? {} : { return: location.href };
      throw redirect({ to: '/sign-in', search });
    }
    return { user: session.user satisfies User };
  },
  loader: ({ context }) => context.queries.ensureQueryData(spacesQuery),
  component: Inside,
});

const home = createRoute({
  getParentRoute: () => inside,
  path: '/',
  beforeLoad: async ({ context }) => {
    const space = homeSpace(await context.queries.ensureQueryData(spacesQuery), context.user);
    if (space) throw redirect({ to: '/s/$spaceId', params: { spaceId: space.id }, replace: true });
  },
  component: NotFoundPage,
});

const space = createRoute({
  getParentRoute: () => inside,
  path: '/s/$spaceId',
  loader: async ({ context, params }) => {
    const spaces = await context.queries.ensureQueryData(spacesQuery);
    if (spaces.some((each) => each.id === params.spaceId)) lastSpace.set(params.spaceId);
  },
  component: SpaceLayout,
});

const photos = (search: Record<string, unknown>): PhotoSearch => photoSearch(search);

const timeline = createRoute({
  getParentRoute: () => space,
  path: '/',
  validateSearch: photos,
  component: TimelineRoute,
});

const favourites = createRoute({
  getParentRoute: () => space,
  path: '/favourites',
  validateSearch: photos,
  component: FavouritesRoute,
});

const archive = createRoute({
  getParentRoute: () => space,
  path: '/archive',
  validateSearch: photos,
  component: ArchiveRoute,
});

const trash = createRoute({
  getParentRoute: () => space,
  path: '/trash',
  validateSearch: photos,
  component: TrashRoute,
});

const members = createRoute({
  getParentRoute: () => space,
  path: '/members',
  component: lazyRouteComponent(() => import('./MembersRoute'), 'MembersRoute'),
});

const settings = createRoute({
  getParentRoute: () => inside,
  path: '/settings',
  component: lazyRouteComponent(() => import('./SettingsRoute'), 'SettingsRoute'),
});

const operator = createRoute({
  getParentRoute: () => inside,
  path: '/operator',
  component: lazyRouteComponent(() => import('./OperatorRoute'), 'OperatorRoute'),
});

const tree = root.addChildren([
  signIn,
  setup,
  join,
  inside.addChildren([
    home,
    space.addChildren([timeline, favourites, archive, trash, members]),
    settings,
    operator,
  ]),
]);

export function makeRouter(queries: QueryClient) {
  return createRouter({
    routeTree: tree,
    context: { queries },
    defaultErrorComponent: RetryingErrorPage,
    defaultNotFoundComponent: NotFoundPage,
    defaultPendingComponent: PendingPage,
    defaultPendingMs: 400,
    scrollRestoration: false,
  });
}

function RetryingErrorPage({ error, reset }: { error: unknown; reset: () => void }) {
  const router = useRouter();
  return (
    <ErrorPage
      error={error}
      onRetry={() => {
        reset();
        void router.invalidate();
      }}
    />
  );
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof makeRouter>;
  }
}
