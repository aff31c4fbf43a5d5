import { useSuspenseQuery } from '@tanstack/react-query';
import { NotFoundPage } from '@/features/shell';
import { spacesQuery } from '@/features/spaces';
import { hrefOf } from '@/shared/navigation';
import { Redirect } from './Redirect';
import { useUser } from './session';
import { homeSpace } from './spaces';

/** The front door: on to the photos. */
export function HomeRoute() {
  const user = useUser();
  const { data: spaces } = useSuspenseQuery(spacesQuery);
  const space = user && homeSpace(spaces, user);
  if (!space) return <NotFoundPage />;
  return <Redirect path={hrefOf({ to: '/s/$spaceId', params: { spaceId: space.id } })} />;
}
