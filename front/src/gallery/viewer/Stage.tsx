import {
  type ReactNode,
  type Ref,
  useEffect,
  useEffectEvent,
  useImperativeHandle,
  useLayoutEffect,
  useRef,
  useState,
} from 'react';
import { flushSync } from 'react-dom';
import type { AssetFacts } from '../source';
import { type OriginalMedia, Slide } from './Slide';
import styles from './Stage.module.css';
import { PAGE_GAP, StageGestures } from './stageGestures';
import { fitInto, type Size, transformOnto, WHOLE, type Zoom } from './zoom';

export interface StageHandle {
  zoomBy(factor: number): void;
  toggleZoom(): void;
  /** The picture shrinks onto this rectangle, or fades, and then the promise resolves. */
  leave(target: DOMRect | null): Promise<void>;
}

interface StageProps {
  previous: AssetFacts | null;
  current: AssetFacts;
  next: AssetFacts | null;
  labelOf: (facts: AssetFacts) => string;
  original: OriginalMedia | null;
  /** Pixels across of the original, when known. */
  pixelsAcross: number | null;
  instead: ReactNode;
  /** Where the picture grows from when the stage appears. */
  origin: () => DOMRect | null;
  onStep: (step: 1 | -1) => void;
  onClose: () => void;
  onTap: () => void;
  onInfo: () => void;
  onZoomed: (isZoomed: boolean) => void;
  ref: Ref<StageHandle>;
}

const GROW = 260;
const EASE = 'cubic-bezier(0.2, 0, 0, 1)';

/** Shows one asset as large as possible, its neighbours a movement away. */
export function Stage(props: StageProps) {
  const { previous, current, next, original, pixelsAcross, ref } = props;
  const stage = useRef<HTMLDivElement>(null);
  const track = useRef<HTMLDivElement>(null);
  const backdrop = useRef<HTMLDivElement>(null);
  const frame = useRef<HTMLDivElement>(null);
  const gestures = useRef<StageGestures>(null);
  const [size, setSize] = useState<Size>({ width: 0, height: 0 });
  const [zoom, setZoom] = useState<Zoom>(WHOLE);
  const [ready, setReady] = useState<string | null>(null);
  const fitted = fitInto(current.ratio, size);
  const { id } = current;

  useLayoutEffect(() => {
    if (!stage.current) return undefined;
    const element = stage.current;
    const measure = () => setSize({ width: element.clientWidth, height: element.clientHeight });
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    measure();
    return () => observer.disconnect();
  }, []);

  const host = useEffectEvent(() => ({
    fitted,
    pixelsAcross,
    canZoom: !current.video && !current.failed && !current.processing,
    props,
  }));

  useEffect(() => {
    if (!stage.current || !track.current || !backdrop.current) return undefined;
    const created = new StageGestures({
      stage: stage.current,
      track: track.current,
      backdrop: backdrop.current,
      frame: () => frame.current,
      fitted: () => host().fitted,
      pixelsAcross: () => host().pixelsAcross,
      canZoom: () => host().canZoom,
      canStep: (step) => (step > 0 ? host().props.next : host().props.previous) !== null,
      onStep: (step) => flushSync(() => host().props.onStep(step)),
      onClose: () => host().props.onClose(),
      onTap: () => host().props.onTap(),
      onInfo: () => host().props.onInfo(),
      onZoom: (value) => {
        setZoom(value);
        host().props.onZoomed(value.scale > 1.01);
      },
    });
    gestures.current = created;
    return created.attach();
  }, []);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new picture, or new room, begins whole
  useLayoutEffect(() => gestures.current?.reset(), [id, size]);

  const grow = useEffectEvent(() => {
    const origin = props.origin();
    if (!frame.current || !stage.current || isCalm()) return;
    const from = origin
      ? { transform: transformOnto(origin, fitted, stage.current.getBoundingClientRect()) }
      : { opacity: 0, transform: 'scale(0.96)' };
    frame.current.animate([from, { transform: 'none' }], { duration: GROW, easing: EASE });
    backdrop.current?.animate([{ opacity: 0 }, { opacity: 1 }], { duration: GROW, easing: 'linear' });
  });
  const isMeasured = size.width > 0;
  useLayoutEffect(() => {
    if (isMeasured) grow();
  }, [isMeasured]);

  useImperativeHandle(ref, () => ({
    zoomBy: (factor) => gestures.current?.zoomBy(factor),
    toggleZoom: () => gestures.current?.toggleZoom(),
    async leave(target) {
      if (isCalm() || !stage.current) return;
      const to =
        target && frame.current
          ? { transform: transformOnto(target, fitted, stage.current.getBoundingClientRect()) }
          : { opacity: 0, transform: 'scale(0.96)' };
      const options = { duration: GROW * 0.85, easing: EASE, fill: 'forwards' } as const;
      const gone = frame.current?.animate([to], options).finished;
      backdrop.current?.animate([{ opacity: 0 }], options);
      await gone?.catch(() => undefined);
    },
  }));

  const slides = [previous, current, next].flatMap((facts, at) => (facts ? [{ facts, offset: at - 1 }] : []));
  return (
    <div
      ref={stage}
      className={styles.stage}
      data-zoomed={zoom.scale > 1.01 || undefined}
      data-testid="stage"
    >
      <div ref={backdrop} className={styles.backdrop} />
      <div ref={track} className={styles.track}>
        {isMeasured &&
          slides.map(({ facts, offset }) => (
            <div
              key={facts.id}
              className={styles.page}
              style={{ left: offset * (size.width + PAGE_GAP), width: size.width }}
              aria-hidden={offset !== 0}
              inert={offset !== 0}
            >
              <Slide
                key={`${facts.blob}${facts.processing}`}
                facts={facts}
                label={props.labelOf(facts)}
                fitted={fitInto(facts.ratio, size)}
                isCurrent={offset === 0}
                mayLoad={offset === 0 || ready === id}
                original={offset === 0 ? original : null}
                wantsOriginal={(previewWidth) =>
                  fitted.width * zoom.scale * devicePixelRatio > previewWidth * 1.05 &&
                  (pixelsAcross === null || pixelsAcross > previewWidth)
                }
                instead={props.instead}
                onReady={() => setReady(facts.id)}
                frameRef={offset === 0 ? frame : null}
              />
            </div>
          ))}
      </div>
    </div>
  );
}

function isCalm(): boolean {
  return matchMedia('(prefers-reduced-motion: reduce)').matches;
}
