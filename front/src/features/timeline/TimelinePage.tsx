import type { TimelineView } from '@/api/types';

export function TimelinePage({ spaceId, view }: { spaceId: string; view: TimelineView }) {
  return <main data-space={spaceId} data-view={view} />;
}
