import type { QueryClient } from '@tanstack/react-query';
import { createRootRouteWithContext, createRoute, createRouter, Outlet } from '@tanstack/react-router';
import type { TimelineView } from '@/api/types';
import { TimelinePage } from '@/features/timeline';
import { photoSearch } from './search';

interface RouterContext {
  queries: QueryClient;
}

const root = createRootRouteWithContext<RouterContext>()({ component: Outlet });

const space = createRoute({ getParentRoute: () => root, path: '/s/$spaceId', component: Outlet });

function timelineComponent(view: TimelineView) {
  return function Timeline() {
    const { spaceId } = space.useParams();
    return <TimelinePage key={`${spaceId}/${view}`} spaceId={spaceId} view={view} />;
  };
}

const timeline = createRoute({
  getParentRoute: () => space,
  path: '/',
  validateSearch: photoSearch,
  component: timelineComponent('all'),
});

export function makeRouter(queries: QueryClient) {
  return createRouter({
    routeTree: root.addChildren([space.addChildren([timeline])]),
    context: { queries },
  });
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof makeRouter>;
  }
}
