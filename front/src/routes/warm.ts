import type { QueryClient } from '@tanstack/react-query';
import { sessionState } from '@/api/session';
import { spacesQuery } from '@/features/spaces';
import { skeletonQuery } from '@/features/timeline';
import { matchPath } from '@/shared/navigation';
import { sessionQuery } from './session';
import { lastSpace } from './spaces';

/**
 * Asks for what the first page will ask for, before it is drawn and without waiting for one answer to put the next
 * question. Whatever fails here is asked again, and told, by the page itself.
 */
export async function warmUp(queries: QueryClient): Promise<void> {
  const { pathname } = location;
  if (pathname === '/setup') return;
  await queries.prefetchQuery(sessionQuery);
  if (sessionState().status !== 'signed-in') return;
  const spaceId = pathname === '/' ? lastSpace.get() : matchPath('/s/$spaceId', pathname)?.spaceId;
  await Promise.all([
    queries.prefetchQuery(spacesQuery),
    spaceId && queries.prefetchQuery(skeletonQuery(spaceId, 'all')),
  ]);
}
