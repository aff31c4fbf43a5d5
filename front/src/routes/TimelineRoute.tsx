import { lazy } from 'react';
import type { TimelineView } from '@/api/types';
import { NotFoundPage } from '@/features/shell';
import { canAdd } from '@/features/spaces';
import { TimelinePage } from '@/features/timeline';
import { useTranslation } from '@/shared/i18n';
import { AddButton } from './AddButton';
import { useSpace } from './spaces';

const PhotoViewer = lazy(() => import('@/features/viewer'));

const TITLES = {
  all: 'timeline',
  favourites: 'favourites',
  archive: 'archive',
  trash: 'trash',
} as const satisfies Record<TimelineView, string>;

function Timeline({ view }: { view: TimelineView }) {
  const { t } = useTranslation('shell');
  const space = useSpace();
  if (!space) return <NotFoundPage />;
  return (
    <>
      <title>{`${t(TITLES[view])} · ${space.name}`}</title>
      <TimelinePage
        key={`${space.id}/${view}`}
        spaceId={space.id}
        view={view}
        canEdit={canAdd(space)}
        viewer={PhotoViewer}
        upload={canAdd(space) ? <AddButton spaceId={space.id} /> : null}
      />
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
