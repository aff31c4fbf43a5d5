import { useQuery } from '@tanstack/react-query';
import {
  Activity,
  type ComponentType,
  lazy,
  type ReactNode,
  Suspense,
  useCallback,
  useDeferredValue,
  useEffect,
  useEffectEvent,
  useLayoutEffect,
  useRef,
  useState,
  useSyncExternalStore,
} from 'react';
import { subscribeToEvents } from '@/api/events';
import type { Space, TimelineView } from '@/api/types';
import { type Density, stepped } from '@/gallery/density';
import { Grid, type GridHandle } from '@/gallery/Grid';
import { GridModel, type Point } from '@/gallery/gridModel';
import { Selection } from '@/gallery/selection';
import type { AssetFacts, Skeleton } from '@/gallery/source';
import type { ViewerProps } from '@/gallery/viewerContract';
import { useTranslation } from '@/shared/i18n';
import { useErrorText } from '@/shared/i18n/errors';
import { calm } from '@/shared/lib/calm';
import { hasOwnKeys } from '@/shared/lib/keys';
import { part } from '@/shared/lib/part';
import { useStored } from '@/shared/lib/useStored';
import { goUnder, navigate, useAddress, useLayer } from '@/shared/navigation';
import { Trouble, toast } from '@/shared/ui';
import { useAssetActions } from './actions';
import { skeletonQuery } from './api';
import type { Asking } from './BulkDialogs';
import { DensityControl } from './DensityControl';
import { densityChoice } from './densityChoice';
import { EmptyView } from './EmptyView';
import { LoadingGrid } from './LoadingGrid';
import { NewPhotos } from './NewPhotos';
import { placeKey, storedPlace, storePlace } from './place';
import { timelineSource } from './source';
import styles from './TimelinePage.module.css';
import { useLiveSkeleton } from './useLiveSkeleton';
import { usePlace } from './usePlace';

const loadSelectionBar = part(() => import('./SelectionBar'));
const SelectionBar = lazy(loadSelectionBar);
const BulkDialogs = lazy(part(() => import('./BulkDialogs')));
const PurgeDialog = lazy(part(() => import('./PurgeDialog')));
const Years = lazy(part(() => import('@/gallery/Years')));

interface TimelinePageProps {
  spaceId: string;
  view: TimelineView;
  /** Which photos of this space the person may change: all, those that they have brought, or none. */
  edits: 'all' | 'own' | 'none';
  /** The other spaces that the person may add to. */
  targets: readonly Space[];
  /** Shows the open photo; loaded when the first one is opened. */
  viewer: ComponentType<ViewerProps>;
  /** The list of keys; loaded when somebody asks for it. */
  help: ComponentType<{ onClose: () => void }>;
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
  edits,
  targets,
  viewer: Viewer,
  help: Help,
  skeleton,
}: TimelinePageProps & { skeleton: Skeleton }) {
  const { t } = useTranslation('timeline');
  const errorText = useErrorText();
  const { model, density, isGrid, ...zoom } = useDensity(spaceId, view, skeleton);
  const [selection] = useState(() => new Selection());
  const grid = useRef<GridHandle>(null);
  const { photo } = useAddress().search;
  const { open, move, close } = photoAddress;
  const [asking, setAsking] = useState<Asking | null>(null);
  const [isHelpOpen, setHelpOpen] = useState(false);
  const { purging, ...actions } = useAssetActions(model, selection, spaceId, view, edits === 'all');
  const canEdit = edits !== 'none';

  useLeavers(selection, spaceId);
  useOutlived(selection, skeleton.total === 0);
  const isBlank = useSyncExternalStore(model.subscribe, () => model.getView().blank);
  const hasBar = useSyncExternalStore(selection.subscribe, () => selection.size > 0 || selection.isGathering);
  useEffect(() => void calm.then(loadSelectionBar).catch(() => undefined), []);
  useLayer(hasBar, () => selection.clear());
  useEffect(() => () => selection.clear(), [selection]);
  // The bar and the dialogs leave with the focus in them.
  const isBusy = hasBar || asking !== null || purging !== null;
  useEffect(() => (isBusy ? () => grid.current?.takeOver() : undefined), [isBusy]);

  const onKey = useEffectEvent((event: KeyboardEvent) => {
    if (photo || event.defaultPrevented || hasOwnKeys(event.target)) return;
    const step = event.ctrlKey || event.metaKey ? undefined : STEPS[event.key];
    if (step) zoom.step(step);
    else if (event.key === '?') setHelpOpen(true);
    else if (!hasBar) return;
    else if (event.key === 'Escape') selection.clear();
    else if ((event.key === 'Delete' || event.key === 'Backspace') && canEdit && !selection.isGathering) {
      const assets = actions.editable(selection.facts());
      if (assets.length > 0) actions[view === 'trash' ? 'purge' : 'trash'](assets);
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
      {isGrid || (
        <Suspense>
          <Years
            skeleton={skeleton}
            source={zoom.source}
            day={zoom.day}
            label={t(`title.${view}`)}
            onOpen={zoom.openMonth}
            onPlace={zoom.keepDay}
          />
        </Suspense>
      )}
      <Activity mode={isGrid ? 'visible' : 'hidden'}>
        <Grid
          ref={grid}
          model={model}
          selection={selection}
          onDensity={zoom.step}
          label={t(`title.${view}`)}
          href={(id) => `?photo=${id}`}
          onOpen={(_, facts) => open(facts.id)}
          onTrouble={(error) => toast({ text: errorText(error), tone: 'error' })}
        />
      </Activity>
      {isBlank && isGrid && <LoadingGrid />}
      {view === 'all' && isGrid && <NewPhotos model={model} onGone={() => grid.current?.takeOver()} />}
      {hasBar && (
        <Suspense>
          <SelectionBar
            selection={selection}
            actions={actions}
            view={view}
            canEdit={canEdit}
            canBring={targets.length > 0}
            onAsk={setAsking}
            onClear={() => selection.clear()}
          />
        </Suspense>
      )}
      {skeleton.total > 0 && <DensityControl density={density} onChange={zoom.change} />}
      {asking && (
        <Suspense>
          <BulkDialogs
            asking={asking}
            selection={selection}
            actions={actions}
            targets={targets}
            onClose={() => setAsking(null)}
          />
        </Suspense>
      )}
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
      {isHelpOpen && (
        <Suspense>
          <Help onClose={() => setHelpOpen(false)} />
        </Suspense>
      )}
      {purging && (
        <Suspense>
          <PurgeDialog question={purging} />
        </Suspense>
      )}
    </>
  );
}

const STEPS: Record<string, 1 | -1 | undefined> = { '+': 1, '=': 1, '-': -1, _: -1 };

/** The grid in the density of one's choice, at the place where one was; years stand beside it. */
function useDensity(spaceId: string, view: TimelineView, skeleton: Skeleton) {
  const density = useStored(densityChoice) ?? 'days';
  const [source] = useState(() => timelineSource(spaceId, view));
  const [model] = useState(() => new GridModel(source, { density: density === 'days' ? 'days' : 'months' }));
  const key = placeKey(spaceId, view);
  /** Where the years begin, and the month to which they led. */
  const [day, setDay] = useState(() => storedPlace(key)?.day ?? null);
  const target = useRef<string>(null);
  // Years of cards are a lot to draw: the page answers meanwhile.
  const isGrid = useDeferredValue(density) !== 'years';
  const isAway = useRef(!isGrid);

  useEffect(() => model.connect(), [model]);
  useLayoutEffect(() => model.setSkeleton(skeleton), [model, skeleton]);
  usePlace(model, key, isGrid && skeleton.total > 0);
  useLayoutEffect(() => {
    if (isGrid && isAway.current) {
      const place = storedPlace(key);
      if (target.current) model.goToMonth(target.current);
      else if (place) model.goTo(place);
    }
    isAway.current = !isGrid;
    target.current = null;
  }, [model, key, isGrid]);

  const change = useCallback(
    (next: Density, at: Point | null = null) => {
      const present = densityChoice.get() ?? 'days';
      if (next === present) return false;
      if (next === 'years') setDay(model.dayAt());
      else model.setDensity(next, at);
      densityChoice.set(next);
      return true;
    },
    [model],
  );
  const step = useCallback(
    (by: 1 | -1, at: Point | null = null) => change(stepped(densityChoice.get() ?? 'days', by), at),
    [change],
  );
  const keepDay = useCallback(
    (newest: string) => storePlace(key, { day: newest, offset: 0, inset: 0 }),
    [key],
  );
  const openMonth = useCallback(
    (newest: string) => {
      target.current = newest;
      change('months');
    },
    [change],
  );
  return { model, source, density, isGrid, day, change, step, keepDay, openMonth };
}

/** The open photo lives in the address: the back button closes it, a reload keeps it, a link opens it. */
const photoAddress = {
  open: (id: string) => navigate({ to: '.', search: { photo: id } }),
  move: (id: string) => navigate({ to: '.', search: { photo: id }, replace: true }),
  close: () => goUnder({ to: '.' }),
};

const LEAVING = new Set(['trashed', 'restored', 'purged', 'moved']);

/** What others have taken out of a view cannot stay chosen. */
function useLeavers(selection: Selection, spaceId: string): void {
  useEffect(
    () =>
      subscribeToEvents((event) => {
        const isAway = event.type === 'assets' && LEAVING.has(event.change);
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
