import { useTranslation } from 'react-i18next';
import type { TimelineView } from '@/api/types';
import { TimelinePage } from '@/features/timeline';
import { useSpace } from './SpaceLayout';

const TITLES = {
  all: 'timeline',
  favourites: 'favourites',
  archive: 'archive',
  trash: 'trash',
} as const satisfies Record<TimelineView, string>;

function Timeline({ view }: { view: TimelineView }) {
  const { t } = useTranslation('shell');
  const space = useSpace();
  if (!space) return null;
  return (
    <>
      <title>{`${t(TITLES[view])} · ${space.name}`}</title>
      <TimelinePage key={`${space.id}/${view}`} spaceId={space.id} view={view} />
    </>
  );
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
