/** The addresses of the application. What a first visit does not need is fetched when it is opened. */
import { type ComponentType, lazy, Suspense } from 'react';
import { NotFoundPage, PendingPage } from '@/features/shell';
import { matchPath, type Path, useAddress } from '@/shared/navigation';
import { Boundary } from './Boundary';
import { HomeRoute } from './HomeRoute';
import { Inside } from './Inside';
import { part } from './part';
import { ArchiveRoute, FavouritesRoute, TimelineRoute, TrashRoute } from './TimelineRoute';

type Pages = Partial<Record<Path, ComponentType>>;

/** Before one is signed in. */
const ENTRANCES: Pages = {
  '/sign-in': lazy(part(() => import('./SignInRoute'))),
  '/setup': lazy(part(() => import('./SetupRoute'))),
  '/join': lazy(part(() => import('./JoinRoute'))),
};

/** Behind the sign-in, inside the shell. */
const PAGES: Pages = {
  '/': HomeRoute,
  '/s/$spaceId': TimelineRoute,
  '/s/$spaceId/favourites': FavouritesRoute,
  '/s/$spaceId/archive': ArchiveRoute,
  '/s/$spaceId/trash': TrashRoute,
  '/s/$spaceId/members': lazy(part(() => import('./MembersRoute'))),
  '/settings': lazy(part(() => import('./SettingsRoute'))),
  '/operator': lazy(part(() => import('./OperatorRoute'))),
};

export function App() {
  const { pathname } = useAddress();
  const Entrance = pageAt(ENTRANCES, pathname);
  const Page = pageAt(PAGES, pathname) ?? NotFoundPage;
  return (
    <Boundary key={Entrance ? pathname : 'inside'}>
      <Suspense fallback={<PendingPage />}>
        {Entrance ? (
          <Entrance />
        ) : (
          <Inside>
            <Boundary key={pathname}>
              <Suspense fallback={<PendingPage />}>
                <Page />
              </Suspense>
            </Boundary>
          </Inside>
        )}
      </Suspense>
    </Boundary>
  );
}

function pageAt(pages: Pages, pathname: string): ComponentType | undefined {
  const pattern = (Object.keys(pages) as Path[]).find((each) => matchPath(each, pathname));
  return pattern && pages[pattern];
}
