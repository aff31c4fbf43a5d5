import {
  type KeyboardEvent,
  useEffect,
  useEffectEvent,
  useImperativeHandle,
  useLayoutEffect,
  useRef,
  useState,
  useSyncExternalStore,
} from 'react';
import { useTranslation } from '@/shared/i18n';
import { prefersStill } from '@/shared/lib/motion';
import { Button, CheckIcon } from '@/shared/ui';
import { Chooser } from './chooser';
import { attachChoosing } from './choosingGestures';
import type { GridDensity } from './density';
import { attachDensity } from './densityGestures';
import styles from './Grid.module.css';
import type { GridModel, Point, SectionView } from './gridModel';
import { useLabels } from './labels';
import { Scrubber } from './Scrubber';
import { ScrollCommands } from './scrollCommands';
import type { Header } from './sectionLayout';
import type { Fragment } from './sections';
import type { Selection } from './selection';
import type { AssetFacts } from './source';
import { EmptyTile, Tile, type TileServices } from './Tile';
import { ThumbQueue } from './thumbQueue';

export interface GridHandle {
  /** Gives the keyboard to an asset's tile and shows it. */
  focus(index: number): void;
  /** Takes the keyboard when what had it has left the page. */
  takeOver(): void;
  /** The tile of an asset, when it is on the screen. */
  tile(index: number): HTMLElement | null;
}

interface GridProps {
  model: GridModel;
  selection: Selection;
  /** Where an asset lives, for opening it in another tab. */
  href: (id: string) => string;
  onOpen: (index: number, facts: AssetFacts, tile: HTMLElement) => void;
  /** Closer (1) or further away (-1) around a point of the scrolled element. Returns whether there was a step. */
  onDensity: (step: 1 | -1, at: Point) => boolean;
  /** A range could not be gathered. */
  onTrouble: (error: unknown) => void;
  label: string;
  ref?: React.Ref<GridHandle>;
}

/** Thumbs wait while the screen moves faster than this, in pixels per millisecond. */
const TOO_FAST = 4;
const HOLD = 90;

/** The scrolling wall of assets. Its parent gives it its size. */
export function Grid(props: GridProps) {
  const { model, selection, href, onOpen, onDensity, onTrouble, label, ref } = props;
  const { t } = useTranslation('gallery');
  const scroller = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLDivElement>(null);
  /** The asset that had the keyboard last, also while its tile is not on the screen. */
  const cursor = useRef<number | null>(null);
  const [thumbs] = useState(() => new ThumbQueue());
  const [commands] = useState(() => new ScrollCommands());
  const [chooser] = useState(() => new Chooser(model, selection, onTrouble));
  const view = useSyncExternalStore(model.subscribe, model.getView);
  const [services] = useState(
    (): TileServices => ({ thumbs, selection, href, onBroken: (id) => model.outdate(new Set([id])) }),
  );

  useLayoutEffect(() => {
    const command = model.takeCommandedScroll();
    if (command && scroller.current) commands.obey(scroller.current, command);
  });

  useLayoutEffect(() => {
    if (!scroller.current || !canvas.current) return undefined;
    const [outside, inside] = [scroller.current, canvas.current];
    const measure = () => model.resize(inside.clientWidth, outside.clientHeight);
    const observer = new ResizeObserver(measure);
    observer.observe(outside);
    observer.observe(inside);
    measure();
    return () => {
      observer.disconnect();
      model.conceal();
    };
  }, [model]);

  // A gesture goes on while the page is drawn anew: a photo that was just processed must not end a long press.
  const opened = useEffectEvent(onOpen);

  useEffect(() => followScrolling(scroller.current, model, thumbs, commands), [model, thumbs, commands]);
  useEffect(() => {
    const retry = () => thumbs.retry();
    window.addEventListener('online', retry);
    return () => window.removeEventListener('online', retry);
  }, [thumbs]);

  useEffect(() => {
    if (!scroller.current || !canvas.current) return undefined;
    return attachChoosing({
      scroller: scroller.current,
      canvas: canvas.current,
      model,
      selection,
      chooser,
      onOpen: (index, facts, tile) => opened(index, facts, tile),
    });
  }, [model, selection, chooser]);

  useEffect(() => {
    if (!scroller.current || !canvas.current) return undefined;
    const [outside, inside] = [scroller.current, canvas.current];
    return attachDensity({
      scroller: outside,
      canvas: inside,
      onStep(step, { clientX, clientY }) {
        const origin = inside.getBoundingClientRect();
        return onDensity(step, { left: clientX - origin.left, top: clientY - origin.top });
      },
    });
  }, [onDensity]);

  useSettling(canvas, view.density);

  const tileAt = (index: number) =>
    canvas.current?.querySelector<HTMLElement>(`[data-index="${index}"]`) ?? null;

  function focusTile(index: number): boolean {
    const link = tileAt(index)?.querySelector('a');
    link?.focus({ preventScroll: true });
    return Boolean(link);
  }

  function focus(index: number): void {
    cursor.current = index;
    model.reveal(index);
    // At once where the tile is drawn: the next key may come before the next frame.
    if (!focusTile(index)) requestAnimationFrame(() => focusTile(index));
  }

  /** Where one was; the wall itself when that is not on the screen any more. */
  function takeOver(): void {
    if (document.activeElement !== document.body) return;
    const here = cursor.current;
    if (here !== null && (focusTile(here) || focusTile(model.neighbour(here, 1) ?? -1))) return;
    canvas.current?.focus({ preventScroll: true });
  }

  useImperativeHandle(ref, () => ({ focus, takeOver, tile: tileAt }));

  // A tile that has the keyboard may be taken away, or scrolled out of sight.
  const isInside = useRef(false);
  useLayoutEffect(() => {
    if (isInside.current) takeOver();
  });

  function onKeyDown(event: KeyboardEvent): void {
    if (event.defaultPrevented || event.altKey) return;
    const here = indexOfFocus() ?? cursor.current;
    const handled =
      event.ctrlKey || event.metaKey ? command(event, chooser) : move(event, here) || act(event, here);
    if (handled) event.preventDefault();
  }

  function move(event: KeyboardEvent, here: number | null): boolean {
    const next = target(event.key, here);
    if (next === null) return false;
    if (next === undefined) return true;
    if (event.shiftKey && here !== null) {
      selection.anchor ??= model.assetAt(here)?.id ?? null;
      chooser.rangeTo(next);
    }
    focus(next);
    return true;
  }

  /** null: no such key; undefined: the key has nowhere to go. */
  function target(key: string, here: number | null): number | null | undefined {
    if (key === 'Home') return 0;
    if (key === 'End') return Math.max(0, model.total - 1);
    if (!key.startsWith('Arrow')) return null;
    if (here === null) return firstOnScreen(view.sections, scroller.current?.scrollTop ?? 0);
    if (key === 'ArrowLeft') return model.neighbour(here, -1) ?? undefined;
    if (key === 'ArrowRight') return model.neighbour(here, 1) ?? undefined;
    return model.vertical(here, key === 'ArrowDown' ? 1 : -1) ?? undefined;
  }

  function act(event: KeyboardEvent, here: number | null): boolean {
    const facts = here === null ? null : model.assetAt(here);
    if (!facts || here === null || (event.key !== ' ' && event.key !== 'x' && event.key !== 'ч'))
      return false;
    if (indexOfFocus() === null) return false;
    selection.toggle(facts);
    return true;
  }

  return (
    <div className={styles.grid}>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: arrow keys move among the tiles, which are links */}
      <div
        ref={scroller}
        className={styles.scroller}
        onKeyDown={onKeyDown}
        onFocus={() => {
          isInside.current = true;
          cursor.current = indexOfFocus() ?? cursor.current;
        }}
        onBlur={() => {
          isInside.current = false;
        }}
        data-testid="timeline-scroller"
      >
        <section
          ref={canvas}
          className={styles.canvas}
          style={{ height: view.spacer }}
          data-roomy={view.roomy || undefined}
          aria-label={label}
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
          tabIndex={0}
        >
          {view.sections.map((section) => (
            <SectionPart
              key={identity(section.section)}
              view={section}
              isDense={view.density === 'months'}
              services={services}
              chooser={chooser}
            />
          ))}
        </section>
      </div>
      {view.troubled && (
        <div className={styles.trouble} role="status">
          {t('trouble')}
          <Button variant="quiet" onClick={() => model.retry()}>
            {t('retry', { ns: 'shared' })}
          </Button>
        </div>
      )}
      <Scrubber model={model} />
    </div>
  );
}

/** A new density comes into its place from a little nearer or further away. */
function useSettling(canvas: React.RefObject<HTMLElement | null>, density: GridDensity): void {
  const shown = useRef(density);
  useLayoutEffect(() => {
    if (shown.current === density) return;
    shown.current = density;
    if (prefersStill()) return;
    canvas.current?.animate([{ opacity: 0.35 }, { opacity: 1 }], { duration: 220, easing: 'ease-out' });
  }, [canvas, density]);
}

function SectionPart({
  view,
  isDense,
  services,
  chooser,
}: {
  view: SectionView;
  isDense: boolean;
  services: TileServices;
  chooser: Chooser;
}) {
  const labels = useLabels();
  const { section, layout, loaded, top } = view;
  const first = layout.lines[view.firstLine];
  const last = layout.lines[view.endLine - 1];
  const shown = first && last ? layout.order.subarray(first.start, last.end) : [];
  return (
    <div className={styles.section} style={{ top, height: layout.height }}>
      {layout.headers.map((header) => {
        const fragment = section.fragments[header.fragment] as Fragment;
        return (
          <PeriodHeader
            key={header.kind === 'month' ? section.month : fragment.day}
            header={header}
            period={header.kind === 'month' ? section.month : fragment.day}
            selection={services.selection}
            chooser={chooser}
          />
        );
      })}
      {Array.from(shown, (position) => {
        const [left, boxTop, width, height] = layout.boxes.subarray(position * 4, position * 4 + 4);
        const box = { left: left ?? 0, top: boxTop ?? 0, width: width ?? 0, height: height ?? 0 };
        const facts = loaded?.assets[position];
        return facts ? (
          <Tile
            key={facts.id}
            facts={facts}
            index={section.first + position}
            {...box}
            isSmall={isDense}
            services={services}
            labels={labels}
          />
        ) : (
          <EmptyTile key={position} {...box} />
        );
      })}
    </div>
  );
}

/** The name of a month or a day, and a check mark that chooses all of it. */
function PeriodHeader({
  header,
  period,
  selection,
  chooser,
}: {
  header: Header;
  period: string;
  selection: Selection;
  chooser: Chooser;
}) {
  const { t } = useTranslation('gallery');
  const labels = useLabels();
  const isChosen = useSyncExternalStore(selection.subscribe, () => chooser.isChosen(period));
  const isChoosing = useSyncExternalStore(selection.subscribe, () => selection.size > 0);
  const isMonth = header.kind === 'month';
  const label = isMonth ? labels.month(period) : labels.day(period);
  const Heading = isMonth ? 'h2' : 'h3';
  return (
    <Heading
      className={isMonth ? styles.month : styles.day}
      style={boxOf(header)}
      data-choosing={isChoosing || undefined}
    >
      <button
        type="button"
        aria-pressed={isChosen}
        aria-label={isMonth ? t('select.month', { month: label }) : t('select.day', { day: label })}
        className={styles.check}
        onClick={() => chooser.period(period)}
      >
        <CheckIcon size={14} />
      </button>
      <span className={styles.label}>{label}</span>
    </Heading>
  );
}

function boxOf({ top, left, width, height }: Header) {
  return { top, left, width, height };
}

/** Keeps its value when assets are added to the section or leave it. */
function identity(section: SectionView['section']): string {
  const oldest = section.fragments[section.fragments.length - 1] as Fragment;
  return `${oldest.day}-${oldest.older}`;
}

function command(event: KeyboardEvent, chooser: Chooser): boolean {
  const isAll = event.code === 'KeyA';
  if (isAll) chooser.all();
  return isAll;
}

function indexOfFocus(): number | null {
  const tile = document.activeElement?.closest<HTMLElement>('[data-index]');
  return tile ? Number(tile.dataset.index) : null;
}

/** The first asset whose line begins on the screen. */
function firstOnScreen(sections: readonly SectionView[], scrollTop: number): number | undefined {
  for (const { section, top, layout } of sections) {
    const line = layout.lines.find((candidate) => top + candidate.top >= scrollTop);
    if (line) return section.first + (layout.order[line.start] as number);
  }
  return undefined;
}

function followScrolling(
  scroller: HTMLElement | null,
  model: GridModel,
  thumbs: ThumbQueue,
  commands: ScrollCommands,
) {
  if (!scroller) return undefined;
  const end = new AbortController();
  const passive = { signal: end.signal, passive: true };
  let last = { top: scroller.scrollTop, at: performance.now() };
  const scrolled = () => {
    commands.catchUp(scroller);
    const now = { top: scroller.scrollTop, at: performance.now() };
    const speed = Math.abs(now.top - last.top) / Math.max(1, now.at - last.at);
    last = now;
    thumbs.moved();
    if (speed > TOO_FAST) thumbs.hold(HOLD);
    model.scrolled(now.top);
  };
  scroller.addEventListener('scroll', scrolled, passive);
  scroller.addEventListener('touchstart', () => model.setTouching(true), passive);
  scroller.addEventListener('touchend', () => model.setTouching(false), passive);
  scroller.addEventListener('touchcancel', () => model.setTouching(false), passive);
  return () => end.abort();
}
