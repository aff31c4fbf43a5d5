import { useQuery } from '@tanstack/react-query';
import {
  type ComponentType,
  type ReactNode,
  Suspense,
  useEffect,
  useEffectEvent,
  useLayoutEffect,
  useRef,
  useState,
} from 'react';
import { subscribeToEvents } from '@/api/events';
import type { TimelineView } from '@/api/types';
import { Grid, type GridHandle } from '@/gallery/Grid';
import { GridModel } from '@/gallery/gridModel';
import { Selection } from '@/gallery/selection';
import type { AssetFacts, Skeleton } from '@/gallery/source';
import type { ViewerProps } from '@/gallery/viewerContract';
import { useTranslation } from '@/shared/i18n';
import { useErrorText } from '@/shared/i18n/errors';
import { navigate, useAddress } from '@/shared/navigation';
import { ConfirmDialog, Trouble, toast } from '@/shared/ui';
import { type PurgeQuestion, useAssetActions } from './actions';
import { skeletonQuery } from './api';
import { EmptyView } from './EmptyView';
import { LoadingGrid } from './LoadingGrid';
import { SelectionBar } from './SelectionBar';
import { timelineSource } from './source';
import styles from './TimelinePage.module.css';
import { useLiveSkeleton } from './useLiveSkeleton';
import { usePlace } from './usePlace';

interface TimelinePageProps {
  spaceId: string;
  view: TimelineView;
  /** Whether the person may archive, trash and restore in this space. */
  canEdit: boolean;
  /** Shows the open photo; loaded when the first one is opened. */
  viewer: ComponentType<ViewerProps>;
  /** The way to add photos, for the empty timeline; null when the person may not. */
  upload: ReactNode;
}

/** The photos of a space in one of its views, by the time they were taken. Mount it anew for another view. */
export function TimelinePage(props: TimelinePageProps) {
  const { spaceId, view, upload } = props;
  const { t } = useTranslation('timeline');
  const skeleton = useQuery(skeletonQuery(spaceId, view));
  useLiveSkeleton(spaceId);

  let content: ReactNode;
  if (skeleton.data) content = <Photos {...props} skeleton={skeleton.data} />;
  else if (skeleton.error) {
    content = (
      <div className={styles.trouble}>
        <Trouble error={skeleton.error} title={t('error.title')} onRetry={() => void skeleton.refetch()} />
      </div>
    );
  } else content = <LoadingGrid />;

  return (
    <div className={styles.page}>
      <h1 className={styles.heading}>{t(`title.${view}`)}</h1>
      {content}
      {skeleton.data?.total === 0 && <EmptyView spaceId={spaceId} view={view} upload={upload} />}
    </div>
  );
}

function Photos({
  spaceId,
  view,
  canEdit,
  viewer: Viewer,
  skeleton,
}: TimelinePageProps & { skeleton: Skeleton }) {
  const { t } = useTranslation('timeline');
  const errorText = useErrorText();
  const [model] = useState(() => new GridModel(timelineSource(spaceId, view)));
  const [selection] = useState(() => new Selection());
  const grid = useRef<GridHandle>(null);
  const { photo } = useAddress().search;
  const { open, move, close } = usePhotoAddress();
  const { purging, ...actions } = useAssetActions(model, selection, spaceId, view);

  useEffect(() => model.connect(), [model]);
  useLayoutEffect(() => model.setSkeleton(skeleton), [model, skeleton]);
  useLeavers(selection, spaceId);
  usePlace(model, `gallery.place.${spaceId}.${view}`, skeleton.total > 0);
  useOutlived(selection, skeleton.total === 0);

  const onKey = useEffectEvent((event: KeyboardEvent) => {
    if (photo || selection.size === 0 || event.defaultPrevented || isTyping(event.target)) return;
    if (event.key === 'Escape') selection.clear();
    else if ((event.key === 'Delete' || event.key === 'Backspace') && canEdit) {
      if (view === 'trash') actions.purge(selection.facts());
      else actions.trash(selection.facts());
    } else return;
    event.preventDefault();
  });
  useEffect(() => {
    const listener = (event: KeyboardEvent) => onKey(event);
    document.addEventListener('keydown', listener);
    return () => document.removeEventListener('keydown', listener);
  }, []);

  // Whichever way the viewer was closed, the keyboard is where the last photo is.
  const returnTo = useEffectEvent((id: string) => {
    const index = model.indexOf(id);
    if (index !== null) grid.current?.focus(index);
  });
  const lastPhoto = useRef<string>(null);
  useEffect(() => {
    if (photo) lastPhoto.current = photo;
    else if (lastPhoto.current) returnTo(lastPhoto.current);
    if (!photo) lastPhoto.current = null;
  }, [photo]);

  return (
    <>
      <Grid
        ref={grid}
        model={model}
        selection={selection}
        label={t(`title.${view}`)}
        href={(id) => `?photo=${id}`}
        onOpen={(_, facts) => open(facts.id)}
        onTrouble={(error) => toast({ text: errorText(error), tone: 'error' })}
      />
      <SelectionBar
        selection={selection}
        actions={actions}
        view={view}
        canEdit={canEdit}
        onClear={() => selection.clear()}
      />
      {photo && (
        <Suspense>
          <Viewer
            model={model}
            photo={photo}
            tileOf={(index) => grid.current?.tile(index) ?? null}
            actions={actions}
            isTrash={view === 'trash'}
            isArchive={view === 'archive'}
            onMove={(facts: AssetFacts) => move(facts.id)}
            onClose={(last) => {
              lastPhoto.current = last;
              close();
            }}
          />
        </Suspense>
      )}
      <PurgeDialog question={purging} />
    </>
  );
}

function PurgeDialog({ question }: { question: PurgeQuestion | null }) {
  const { t } = useTranslation('timeline');
  return (
    <ConfirmDialog
      open={question !== null}
      title={t('purge.title', { count: question?.count ?? 0 })}
      confirm={t('purge.confirm')}
      danger
      onConfirm={() => question?.confirm()}
      onClose={() => question?.cancel()}
    >
      {t('purge.text')}
    </ConfirmDialog>
  );
}

/** The open photo lives in the address: the back button closes it, a reload keeps it, a link opens it. */
function usePhotoAddress() {
  /** Whether closing may go back in history: the entry before this one is the timeline without the photo. */
  const wasOpenedHere = useRef(false);
  return {
    open(id: string) {
      wasOpenedHere.current = true;
      navigate({ to: '.', search: { photo: id } });
    },
    move(id: string) {
      navigate({ to: '.', search: { photo: id }, replace: true });
    },
    close() {
      if (wasOpenedHere.current) window.history.back();
      else navigate({ to: '.', replace: true });
      wasOpenedHere.current = false;
    },
  };
}

/** What others have taken out of a view cannot stay chosen. */
function useLeavers(selection: Selection, spaceId: string): void {
  useEffect(
    () =>
      subscribeToEvents((event) => {
        const isAway = event.type === 'assets' && ['trashed', 'restored', 'purged'].includes(event.change);
        if (isAway && event.spaceId === spaceId) selection.remove(event.ids);
      }),
    [selection, spaceId],
  );
}

/** A view that has become empty has nothing chosen any more. */
function useOutlived(selection: Selection, isEmpty: boolean): void {
  useEffect(() => {
    if (isEmpty) selection.clear();
  }, [selection, isEmpty]);
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('input, textarea, select, dialog') !== null;
}
