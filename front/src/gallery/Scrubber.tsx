import {
  type KeyboardEvent,
  type PointerEvent,
  useEffect,
  useRef,
  useState,
  useSyncExternalStore,
} from 'react';
import { useTranslation } from '@/shared/i18n';
import type { GridModel, Mark } from './gridModel';
import { useLabels } from './labels';
import styles from './Scrubber.module.css';

/** Year labels are at least this far apart, and month dots this far, in pixels. */
const YEAR_GAP = 26;
const MONTH_GAP = 9;
/** How long the handle stays on a phone after the last movement. */
const LINGER = 1_400;
const MARKS_DELAY = 200;

/** A rail along all years: drag it, point at it, or use the arrow keys (months) and page keys (years). */
export function Scrubber({ model }: { model: GridModel }) {
  const { t } = useTranslation('gallery');
  const labels = useLabels();
  const rail = useRef<HTMLDivElement>(null);
  const handle = useRef<HTMLDivElement>(null);
  const [pointed, setPointed] = useState<number | null>(null);
  const [isDragging, setDragging] = useState(false);
  const [isMoving, setMoving] = useState(false);
  const { years, months } = useMarks(model, rail);

  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let last = -1;
    const follow = () => {
      const progress = model.progress;
      if (progress === last) return;
      if (last >= 0) setMoving(true);
      last = progress;
      handle.current?.style.setProperty('--at', String(progress));
      clearTimeout(timer);
      timer = setTimeout(() => setMoving(false), LINGER);
    };
    follow();
    const unsubscribe = model.subscribeToScroll(follow);
    return () => {
      clearTimeout(timer);
      unsubscribe();
    };
  }, [model]);

  const progressAt = (event: PointerEvent): number => {
    const box = rail.current?.getBoundingClientRect();
    return box ? Math.min(1, Math.max(0, (event.clientY - box.top) / box.height)) : 0;
  };

  function down(event: PointerEvent): void {
    if (event.button !== 0) return;
    rail.current?.setPointerCapture(event.pointerId);
    setDragging(true);
    go(progressAt(event));
  }

  function move(event: PointerEvent): void {
    const at = progressAt(event);
    if (isDragging) go(at);
    else if (event.pointerType === 'mouse') setPointed(at);
  }

  function go(at: number): void {
    setPointed(at);
    model.jumpToProgress(at);
  }

  function end(): void {
    setDragging(false);
    setPointed(null);
  }

  function onKeyDown(event: KeyboardEvent): void {
    const next = keyTarget(event.key, model);
    if (next === null) return;
    event.preventDefault();
    model.jumpToProgress(next);
  }

  const day = useSyncExternalStore(model.subscribeToScroll, () => model.dayAt(pointed ?? model.progress));
  const percent = useSyncExternalStore(model.subscribeToScroll, () => Math.round(model.progress * 100));
  return (
    <div
      className={styles.scrubber}
      data-active={isDragging || isMoving || undefined}
      data-dragging={isDragging || undefined}
      hidden={years.length === 0}
    >
      <div
        ref={rail}
        className={styles.rail}
        role="slider"
        tabIndex={0}
        aria-label={t('scrubber')}
        aria-orientation="vertical"
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={percent}
        aria-valuetext={day ? labels.month(day) : undefined}
        onPointerDown={down}
        onPointerMove={move}
        onPointerUp={end}
        onPointerCancel={end}
        onPointerLeave={() => !isDragging && setPointed(null)}
        onKeyDown={onKeyDown}
      >
        {months.map((mark) => (
          <span key={mark.label} className={styles.dot} style={{ top: `${mark.at * 100}%` }} />
        ))}
        {years.map((mark) => (
          <span key={mark.label} className={styles.year} style={{ top: `${mark.at * 100}%` }}>
            {mark.label}
          </span>
        ))}
        <div ref={handle} className={styles.handle}>
          <span className={styles.grip} />
          {isDragging && day && <span className={styles.bubble}>{labels.month(day)}</span>}
        </div>
        {!isDragging && pointed !== null && day && (
          <div className={styles.pointer} style={{ top: `${pointed * 100}%` }}>
            <span className={styles.bubble}>{labels.month(day)}</span>
          </div>
        )}
      </div>
    </div>
  );
}

function useMarks(model: GridModel, rail: React.RefObject<HTMLElement | null>) {
  const [shown, setShown] = useState<{ years: Mark[]; months: Mark[] }>({
    years: [],
    months: [],
  });
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const measure = () => {
      timer = undefined;
      const height = rail.current?.parentElement?.clientHeight ?? 0;
      const years = apart(model.marks('year'), YEAR_GAP / Math.max(1, height));
      const months = apart(model.marks('month'), MONTH_GAP / Math.max(1, height));
      setShown((before) => {
        const next = { years, months };
        return JSON.stringify(before) === JSON.stringify(next) ? before : next;
      });
    };
    const later = () => {
      timer ??= setTimeout(measure, MARKS_DELAY);
    };
    measure();
    const unsubscribe = model.subscribe(later);
    window.addEventListener('resize', later);
    return () => {
      clearTimeout(timer);
      unsubscribe();
      window.removeEventListener('resize', later);
    };
  }, [model, rail]);
  return shown;
}

/** As many marks as find room, from the newest on. */
function apart(marks: readonly Mark[], gap: number): Mark[] {
  let last = Number.NEGATIVE_INFINITY;
  return marks.filter((mark) => {
    if (mark.at - last < gap) return false;
    last = mark.at;
    return true;
  });
}

function keyTarget(key: string, model: GridModel): number | null {
  if (key === 'Home') return 0;
  if (key === 'End') return 1;
  const unit = key.startsWith('Arrow') ? 'month' : 'year';
  const isOlder = key === 'ArrowDown' || key === 'ArrowRight' || key === 'PageDown';
  const isNewer = key === 'ArrowUp' || key === 'ArrowLeft' || key === 'PageUp';
  if (!isOlder && !isNewer) return null;
  const here = model.progress;
  const slack = 1e-6;
  const marks = model.marks(unit);
  if (isOlder) return marks.find((mark) => mark.at > here + slack)?.at ?? 1;
  return marks.findLast((mark) => mark.at < here - slack)?.at ?? 0;
}
