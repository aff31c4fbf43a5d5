/** The addresses of the application. What a first visit does not need is fetched when it is opened. */
import { type ComponentType, lazy, Suspense } from 'react';
import { insideMax } from '@/features/account/max';
import { NotFoundPage, PendingPage } from '@/features/shell';
import { calm } from '@/shared/lib/calm';
import { canServe } from '@/shared/lib/canServe';
import { part } from '@/shared/lib/part';
import { matchPath, type Path, useAddress } from '@/shared/navigation';
import { Boundary } from './Boundary';
import { HomeFavouritesRoute, HomeRoute } from './HomeRoute';
import { Inside } from './Inside';
import { ArchiveRoute, FavouritesRoute, TimelineRoute, TrashRoute } from './TimelineRoute';
import { useHost } from './useHost';

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
  '/share': lazy(part(() => import('./ShareRoute'))),
  '/favourites': HomeFavouritesRoute,
};

/** Where it does not come, the gallery works as well, only not without a network. */
const Service = lazy(async () => {
  await calm;
  return import('./Service').catch(() => ({ default: () => null }));
});

/**
 * Where a service worker helps. While the sources change under the page it would show old ones; inside MAX the page
 * lives in a frame or a web view that has no way to be installed, to be reloaded or to be emptied by the person, and MAX
 * brings fresh launch data each time.
 */
const isServed = import.meta.env.PROD && canServe() && !insideMax();

export function App() {
  const { pathname } = useAddress();
  useHost();
  const Entrance = pageAt(ENTRANCES, pathname);
  const Page = pageAt(PAGES, pathname) ?? NotFoundPage;
  return (
    <>
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
      {isServed && (
        <Suspense>
          <Service />
        </Suspense>
      )}
    </>
  );
}

function pageAt(pages: Pages, pathname: string): ComponentType | undefined {
  const pattern = (Object.keys(pages) as Path[]).find((each) => matchPath(each, pathname));
  return pattern && pages[pattern];
}
