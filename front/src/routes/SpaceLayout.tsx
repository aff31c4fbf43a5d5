import { useSuspenseQuery } from '@tanstack/react-query';
import { Outlet, useParams } from '@tanstack/react-router';
import type { Space } from '@/api/types';
import { NotFoundPage } from '@/features/shell';
import { spacesQuery } from '@/features/spaces';

/** The pages of one space, for as long as the person belongs to it. */
export function SpaceLayout() {
  return useSpace() ? <Outlet /> : <NotFoundPage />;
}

/** The space of the address; null when it is not one of theirs (any more). */
export function useSpace(): Space | null {
  const { spaceId } = useParams({ strict: false });
  const { data: spaces } = useSuspenseQuery(spacesQuery);
  return spaces.find((space) => space.id === spaceId) ?? null;
}
