import { useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { lazy, useEffect } from 'react';
import type { Space, TimelineView } from '@/api/types';
import { canAdd, editsIn, spacesQuery } from '@/features/spaces';
import { skeletonQuery, TimelinePage } from '@/features/timeline';
import type { ViewerProps } from '@/gallery/viewerContract';
import { useTranslation } from '@/shared/i18n';
import { hurry } from '@/shared/lib/calm';
import { part } from '@/shared/lib/part';
import { AddButton } from './AddButton';
import { Optional } from './Boundary';
import { NoSpace } from './NoSpace';
import { useSpace } from './spaces';

const LoadedViewer = lazy(part(() => import('@/features/viewer')));
const HelpSheet = lazy(part(() => import('@/features/viewer/HelpSheet')));

function GridHelp(props: { onClose: () => void }) {
  return (
    <Optional onMissing={props.onClose}>
      <HelpSheet open place="grid" {...props} />
    </Optional>
  );
}

function PhotoViewer(props: ViewerProps) {
  return (
    <Optional onMissing={() => props.onClose(props.photo)}>
      <LoadedViewer {...props} />
    </Optional>
  );
}

const TITLES = {
  all: 'timeline',
  favourites: 'favourites',
  archive: 'archive',
  trash: 'trash',
} as const satisfies Record<TimelineView, string>;

function Timeline({ view }: { view: TimelineView }) {
  const space = useSpace();
  return space ? <SpaceTimeline space={space} view={view} /> : <NoSpace />;
}

function SpaceTimeline({ space, view }: { space: Space; view: TimelineView }) {
  const { t } = useTranslation('shell');
  const { data: spaces } = useSuspenseQuery(spacesQuery);
  useCalmWhenEmpty(space, view);
  return (
    <>
      <title>{`${t(TITLES[view])} · ${space.name}`}</title>
      <TimelinePage
        key={`${space.id}/${view}`}
        spaceId={space.id}
        view={view}
        edits={editsIn(space)}
        targets={spaces.filter((other) => other.id !== space.id && canAdd(other))}
        viewer={PhotoViewer}
        help={GridHelp}
        upload={canAdd(space) ? <AddButton spaceId={space.id} /> : null}
      />
    </>
  );
}

/** Nobody waits for the first photo of an empty view. */
function useCalmWhenEmpty(space: Space, view: TimelineView): void {
  const { data: empty } = useQuery({
    ...skeletonQuery(space.id, view),
    enabled: false,
    select: (skeleton) => skeleton.total === 0,
  });
  useEffect(() => {
    if (empty) hurry();
  }, [empty]);
}

export function TimelineRoute() {
  return <Timeline view="all" />;
}

export function FavouritesRoute() {
  return <Timeline view="favourites" />;
}

export function ArchiveRoute() {
  return <Timeline view="archive" />;
}

export function TrashRoute() {
  return <Timeline view="trash" />;
}
