import { useSuspenseQuery } from '@tanstack/react-query';
import { NotFoundPage } from '@/features/shell';
import { spacesQuery } from '@/features/spaces';
import { hrefOf } from '@/shared/navigation';
import { Redirect } from './Redirect';
import { useUser } from './session';
import { homeSpace } from './spaces';

/** The front door: on to the photos. */
export function HomeRoute() {
  return <Home to="/s/$spaceId" />;
}

/** The same for the favourites: an address that a shortcut of the installed gallery can name. */
export function HomeFavouritesRoute() {
  return <Home to="/s/$spaceId/favourites" />;
}

function Home({ to }: { to: '/s/$spaceId' | '/s/$spaceId/favourites' }) {
  const user = useUser();
  const { data: spaces } = useSuspenseQuery(spacesQuery);
  const space = user && homeSpace(spaces, user);
  if (!space) return <NotFoundPage />;
  return <Redirect path={hrefOf({ to, params: { spaceId: space.id } })} />;
}
