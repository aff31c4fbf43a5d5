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
import { prefersStill } from '@/shared/lib/motion';
import type { AssetFacts } from '../source';
import { arrive, depart } from './flight';
import { type LivePlay, type OriginalMedia, Slide } from './Slide';
import styles from './Stage.module.css';
import { PAGE_GAP, StageGestures } from './stageGestures';
import type { VideoTrouble } from './Video';
import { fitInto, type Size, WHOLE, type Zoom } from './zoom';

export interface StageHandle {
  zoomBy(factor: number): void;
  toggleZoom(): void;
}

interface StageProps {
  previous: AssetFacts | null;
  current: AssetFacts;
  next: AssetFacts | null;
  labelOf: (facts: AssetFacts) => string;
  original: OriginalMedia | null;
  /** Pixels across of the original, when known. */
  pixelsAcross: number | null;
  live: LivePlay;
  onLiveEnd: (isUnplayable: boolean) => void;
  instead: ReactNode;
  unplayable: (trouble: VideoTrouble, retry: () => void) => ReactNode;
  /** The tile that the picture grows from and returns to. */
  tile: () => HTMLElement | null;
  /** Whether one picture fades into the next, as in a slideshow. */
  isFading: boolean;
  onStep: (step: 1 | -1) => void;
  onClose: () => void;
  onTap: () => void;
  onPlay: () => void;
  onHold: (isHeld: boolean) => void;
  onInfo: () => void;
  onZoomed: (isZoomed: boolean) => void;
  /** The open picture is there, or it is certain that it will not come. */
  onReady: (id: string) => void;
  onVideo: (video: HTMLVideoElement | null) => void;
  ref: Ref<StageHandle>;
}

const FADE = 900;
const TURN = 260;
const EASE = 'cubic-bezier(0.2, 0, 0, 1)';

/** Shows one asset as large as possible, its neighbours a movement away. */
export function Stage(props: StageProps) {
  const { previous, current, next, original, pixelsAcross, isFading, ref } = props;
  const stage = useRef<HTMLDivElement>(null);
  const track = useRef<HTMLDivElement>(null);
  const backdrop = useRef<HTMLDivElement>(null);
  const frame = useRef<HTMLDivElement>(null);
  const gestures = useRef<StageGestures>(null);
  const [size, setSize] = useState<Size>({ width: 0, height: 0 });
  const [zoom, setZoom] = useState<Zoom>(WHOLE);
  const [ready, setReady] = useState<ReadonlySet<string>>(new Set());
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
    canHold: original?.clip != null,
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
      onPlay: () => host().props.onPlay(),
      canHold: () => host().canHold,
      onHold: (isHeld) => host().props.onHold(isHeld),
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
  useLayoutEffect(() => gestures.current?.reset(), [id, size, current.rotation]);

  const grow = useEffectEvent(() => frame.current && arrive(frame.current, backdrop.current, props.tile()));
  const tellReady = useEffectEvent(props.onReady);
  const isReady = ready.has(id);
  useEffect(() => {
    if (isReady) tellReady(id);
  }, [isReady, id]);

  const isMeasured = size.width > 0;
  useLayoutEffect(() => {
    if (isMeasured) grow();
  }, [isMeasured]);

  const shrink = useEffectEvent(() => frame.current && depart(frame.current, backdrop.current, props.tile));
  useLayoutEffect(() => {
    let wasShown = false;
    // React mounts twice in development; nothing has been seen then.
    const shown = requestAnimationFrame(() => {
      wasShown = true;
    });
    return () => {
      cancelAnimationFrame(shown);
      if (wasShown) shrink();
    };
  }, []);

  useCrossFade(track, id, isFading);
  useTurning(frame, current, fitted);

  useImperativeHandle(ref, () => ({
    zoomBy: (factor) => gestures.current?.zoomBy(factor),
    toggleZoom: () => gestures.current?.toggleZoom(),
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
              style={{ left: isFading ? 0 : offset * (size.width + PAGE_GAP), width: size.width }}
              data-page={facts.id}
              data-behind={(isFading && offset !== 0) || undefined}
              aria-hidden={offset !== 0}
              inert={offset !== 0}
            >
              <Slide
                key={`${facts.blob}${facts.processing}`}
                facts={facts}
                label={props.labelOf(facts)}
                fitted={fitInto(facts.ratio, size)}
                isCurrent={offset === 0}
                mayLoad={offset === 0 || isReady || ready.has(facts.id)}
                original={offset === 0 ? original : null}
                wantsOriginal={(previewWidth) =>
                  fitted.width * zoom.scale * devicePixelRatio > previewWidth * 1.05 &&
                  (pixelsAcross === null || pixelsAcross > previewWidth)
                }
                live={offset === 0 ? props.live : 'off'}
                onLiveEnd={props.onLiveEnd}
                instead={props.instead}
                unplayable={props.unplayable}
                onVideo={props.onVideo}
                onReady={() => setReady((before) => withLatest(before, facts.id))}
                frameRef={offset === 0 ? frame : null}
              />
            </div>
          ))}
      </div>
    </div>
  );
}

/** The few that were loaded last: there are never more than three on the stage. */
function withLatest(ids: ReadonlySet<string>, id: string): ReadonlySet<string> {
  return ids.has(id) ? ids : new Set([...[...ids].slice(-5), id]);
}

/** Lets the picture that was open fade away under the one that is. */
function useCrossFade(track: React.RefObject<HTMLElement | null>, id: string, isFading: boolean): void {
  const last = useRef(id);
  useLayoutEffect(() => {
    const [before, now] = [last.current, id].map((one) =>
      track.current?.querySelector(`[data-page="${CSS.escape(one)}"]`),
    );
    const isOther = last.current !== id;
    last.current = id;
    if (!isFading || !isOther || prefersStill()) return;
    const options = { duration: FADE, easing: 'ease-in-out' };
    now?.animate([{ opacity: 0 }, { opacity: 1 }], options);
    before?.animate([{ opacity: 1 }, { opacity: 0 }], options);
  }, [track, id, isFading]);
}

/** Lets a picture that is turned be seen turning. */
function useTurning(
  frame: React.RefObject<HTMLElement | null>,
  { id, rotation }: AssetFacts,
  fitted: Size,
): void {
  const last = useRef({ id, rotation, fitted });
  useLayoutEffect(() => {
    const before = last.current;
    last.current = { id, rotation, fitted };
    if (before.id !== id || before.rotation === rotation || prefersStill()) return;
    const turned = (rotation - before.rotation + 360) % 360;
    const angle = turned === 270 ? 90 : -turned;
    const scale = (turned === 180 ? before.fitted.width : before.fitted.height) / fitted.width;
    const from = { transform: `rotate(${angle}deg) scale(${scale})` };
    frame.current?.animate([from, { transform: 'none' }], { duration: TURN, easing: EASE });
  });
}
