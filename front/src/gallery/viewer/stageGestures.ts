/**
 * Fingers, mouse and wheel on the stage.
 *
 * While the whole picture is visible, a movement sideways turns the page, down closes, up shows the facts. Enlarged, it
 * moves the picture. Two fingers and the wheel enlarge, a double tap goes there and back. A finger that rests holds the
 * picture, which lets a live photo move. Positions are written straight to the elements; React hears only of results.
 */
import {
  clamp,
  doubleTapScale,
  mostScale,
  type Point,
  rubber,
  type Size,
  WHOLE,
  type Zoom,
  zoomAt,
} from './zoom';

export interface StageHost {
  readonly stage: HTMLElement;
  readonly track: HTMLElement;
  readonly backdrop: HTMLElement;
  /** The element of the open picture; null when it cannot be enlarged. */
  readonly frame: () => HTMLElement | null;
  readonly fitted: () => Size;
  readonly pixelsAcross: () => number | null;
  readonly canZoom: () => boolean;
  readonly canStep: (step: 1 | -1) => boolean;
  readonly onStep: (step: 1 | -1) => void;
  readonly onClose: () => void;
  readonly onTap: () => void;
  /** The mouse has clicked on a video. */
  readonly onPlay: () => void;
  /** Whether resting a finger means something. */
  readonly canHold: () => boolean;
  readonly onHold: (isHeld: boolean) => void;
  readonly onInfo: () => void;
  readonly onZoom: (zoom: Zoom) => void;
}

/** Room between neighbouring pictures. */
export const PAGE_GAP = 24;
const SLACK = 8;
const DOUBLE_TAP = 280;
const TURN_PART = 0.28;
const TURN_SPEED = 0.35;
const CLOSE_DISTANCE = 110;
const CLOSE_SPEED = 0.55;
const INFO_DISTANCE = 70;
const SETTLE = 220;
const GLIDE = 160;
const EASE = 'cubic-bezier(0.2, 0, 0, 1)';
/** A finger that has rested this long holds the picture, in milliseconds. */
const HOLD = 320;

type Mode = 'undecided' | 'turn' | 'close' | 'info' | 'move' | 'pinch' | 'hold' | 'ignore';

interface Finger extends Point {
  readonly startX: number;
  readonly startY: number;
}

export class StageGestures {
  private zoom: Zoom = WHOLE;
  private mode: Mode = 'undecided';
  private readonly fingers = new Map<number, Finger>();
  /** The zoom, distance and middle when the second finger came down. */
  private pinch: { zoom: Zoom; distance: number; middle: Point } | null = null;
  private base: Zoom = WHOLE;
  private speed: Point = { x: 0, y: 0 };
  private lastMove = { x: 0, y: 0, at: 0 };
  private lastTap = { x: 0, y: 0, at: 0 };
  private tapTimer: ReturnType<typeof setTimeout> | undefined;
  private holdTimer: ReturnType<typeof setTimeout> | undefined;
  private isTurning = false;
  private readonly host: StageHost;

  constructor(host: StageHost) {
    this.host = host;
  }

  /** Listens until the returned function is called. */
  attach(): () => void {
    const end = new AbortController();
    const { stage } = this.host;
    const on = { signal: end.signal };
    stage.addEventListener('pointerdown', (event) => this.down(event), on);
    stage.addEventListener('pointermove', (event) => this.move(event), on);
    stage.addEventListener('pointerup', (event) => this.up(event), on);
    stage.addEventListener('pointercancel', (event) => this.cancel(event), on);
    stage.addEventListener('wheel', (event) => this.wheel(event), { ...on, passive: false });
    stage.addEventListener('dragstart', (event) => event.preventDefault(), on);
    // A resting finger is ours; the mouse's menu stays.
    stage.addEventListener('contextmenu', (event) => this.mode === 'hold' && event.preventDefault(), on);
    return () => {
      end.abort();
      clearTimeout(this.tapTimer);
      clearTimeout(this.holdTimer);
    };
  }

  get isZoomed(): boolean {
    return this.zoom.scale > 1.01;
  }

  /** Another picture is open: it begins whole and in its place. */
  reset(): void {
    this.zoom = WHOLE;
    this.isTurning = false;
    this.host.track.style.transform = '';
    this.host.track.style.transition = '';
    this.host.backdrop.style.opacity = '';
    this.paint(false);
    this.host.onZoom(WHOLE);
  }

  /** Enlarges or shrinks around the middle. */
  zoomBy(factor: number): void {
    this.zoomTo(this.zoom.scale * factor, { x: 0, y: 0 });
  }

  toggleZoom(point: Point = { x: 0, y: 0 }): void {
    const { fitted, pixelsAcross } = this.host;
    const scale = doubleTapScale(fitted(), pixelsAcross(), devicePixelRatio);
    if (this.isZoomed) this.zoomTo(1, { x: 0, y: 0 });
    else this.zoomTo(scale, point);
  }

  private zoomTo(scale: number, point: Point): void {
    if (!this.host.canZoom()) return;
    this.zoom = this.clamped(zoomAt(this.zoom, scale, point));
    this.paint(true);
    this.host.onZoom(this.zoom);
  }

  private clamped(zoom: Zoom): Zoom {
    return clamp(zoom, this.host.fitted(), this.stageSize(), this.most());
  }

  private most(): number {
    return mostScale(this.host.fitted(), this.host.pixelsAcross(), devicePixelRatio);
  }

  private stageSize(): Size {
    return { width: this.host.stage.clientWidth, height: this.host.stage.clientHeight };
  }

  private paint(smoothly: boolean, duration = GLIDE): void {
    const frame = this.host.frame();
    if (!frame) return;
    const { scale, x, y } = this.zoom;
    frame.style.transition = smoothly ? `transform ${duration}ms ${EASE}` : '';
    frame.style.transform =
      scale === 1 && x === 0 && y === 0 ? '' : `translate(${x}px, ${y}px) scale(${scale})`;
  }

  private down(event: PointerEvent): void {
    if (this.isTurning || (event.pointerType === 'mouse' && event.button !== 0) || isControl(event)) return;
    if (this.fingers.size === 0) {
      this.mode = 'undecided';
      this.base = this.zoom;
      this.speed = { x: 0, y: 0 };
      this.lastMove = { x: event.clientX, y: event.clientY, at: event.timeStamp };
    }
    const { clientX: x, clientY: y } = event;
    this.fingers.set(event.pointerId, { x, y, startX: x, startY: y });
    clearTimeout(this.holdTimer);
    if (this.fingers.size === 1 && event.pointerType !== 'mouse' && this.host.canHold())
      this.holdTimer = setTimeout(() => this.hold(), HOLD);
    if (this.fingers.size === 2 && this.host.canZoom()) this.beginPinch();
  }

  private move(event: PointerEvent): void {
    const finger = this.fingers.get(event.pointerId);
    if (!finger) return;
    this.fingers.set(event.pointerId, { ...finger, x: event.clientX, y: event.clientY });
    this.measureSpeed(event);
    if (this.mode === 'pinch') {
      this.movePinch();
      return;
    }
    if (this.fingers.size > 1) return;
    const moved = { x: event.clientX - finger.startX, y: event.clientY - finger.startY };
    if (this.mode === 'undecided') {
      this.mode = this.decide(moved);
      if (this.mode !== 'undecided') {
        clearTimeout(this.holdTimer);
        this.host.stage.setPointerCapture(event.pointerId);
      }
    }
    if (this.mode === 'turn') this.moveTrack(moved.x);
    else if (this.mode === 'close') this.moveAway(moved);
    else if (this.mode === 'move') this.movePicture(moved);
  }

  private decide(moved: Point): Mode {
    if (Math.hypot(moved.x, moved.y) < SLACK) return 'undecided';
    if (this.isZoomed) return 'move';
    if (Math.abs(moved.x) > Math.abs(moved.y)) return 'turn';
    return moved.y > 0 ? 'close' : 'info';
  }

  private up(event: PointerEvent): void {
    const finger = this.fingers.get(event.pointerId);
    if (!finger) return;
    this.fingers.delete(event.pointerId);
    clearTimeout(this.holdTimer);
    if (this.mode === 'pinch') {
      if (this.fingers.size < 2) this.endPinch();
      return;
    }
    const moved = { x: event.clientX - finger.startX, y: event.clientY - finger.startY };
    if (this.mode === 'undecided') this.tap(event);
    else if (this.mode === 'hold') this.letGo();
    else if (this.mode === 'turn') this.endTurn(moved.x);
    else if (this.mode === 'close') this.endMoveAway(moved.y);
    else if (this.mode === 'move') this.endMove();
    else if (this.mode === 'info' && -moved.y > INFO_DISTANCE) this.host.onInfo();
  }

  private cancel(event: PointerEvent): void {
    if (!this.fingers.delete(event.pointerId)) return;
    clearTimeout(this.holdTimer);
    if (this.mode === 'hold') this.letGo();
    if (this.mode === 'turn') this.settleTrack(0);
    if (this.mode === 'close') this.endMoveAway(0);
    if (this.mode === 'pinch' || this.mode === 'move') this.endMove();
    this.mode = 'ignore';
  }

  private measureSpeed(event: PointerEvent): void {
    const elapsed = event.timeStamp - this.lastMove.at;
    if (elapsed < 8) return;
    this.speed = {
      x: (event.clientX - this.lastMove.x) / elapsed,
      y: (event.clientY - this.lastMove.y) / elapsed,
    };
    this.lastMove = { x: event.clientX, y: event.clientY, at: event.timeStamp };
  }

  private hold(): void {
    if (this.mode !== 'undecided' || this.fingers.size !== 1) return;
    this.mode = 'hold';
    this.host.onHold(true);
  }

  private letGo(): void {
    this.mode = 'ignore';
    this.host.onHold(false);
  }

  // --- taps -----------------------------------------------------------------------------------------------

  private tap(event: PointerEvent): void {
    if (event.pointerType === 'mouse' && event.target instanceof HTMLVideoElement) {
      this.host.onPlay();
      return;
    }
    const isSecond =
      event.timeStamp - this.lastTap.at < DOUBLE_TAP &&
      Math.hypot(event.clientX - this.lastTap.x, event.clientY - this.lastTap.y) < 40;
    clearTimeout(this.tapTimer);
    if (isSecond) {
      this.lastTap = { x: 0, y: 0, at: 0 };
      this.toggleZoom(this.fromMiddle({ x: event.clientX, y: event.clientY }));
      return;
    }
    this.lastTap = { x: event.clientX, y: event.clientY, at: event.timeStamp };
    if (event.pointerType !== 'mouse') this.tapTimer = setTimeout(() => this.host.onTap(), DOUBLE_TAP);
  }

  private fromMiddle(point: Point): Point {
    const box = this.host.stage.getBoundingClientRect();
    return { x: point.x - box.left - box.width / 2, y: point.y - box.top - box.height / 2 };
  }

  // --- turning the page -----------------------------------------------------------------------------------

  private moveTrack(distance: number): void {
    const isPossible = this.host.canStep(distance < 0 ? 1 : -1);
    const shown = isPossible ? distance : rubber(distance, this.host.stage.clientWidth);
    this.host.track.style.transition = '';
    this.host.track.style.transform = `translateX(${shown}px)`;
  }

  private endTurn(distance: number): void {
    const step = distance < 0 ? 1 : -1;
    const width = this.host.stage.clientWidth;
    const isFast = Math.abs(this.speed.x) > TURN_SPEED && Math.sign(this.speed.x) === Math.sign(distance);
    if (!this.host.canStep(step) || !(Math.abs(distance) > width * TURN_PART || isFast)) {
      this.settleTrack(0);
      return;
    }
    this.isTurning = true;
    this.settleTrack(-step * (width + PAGE_GAP));
    setTimeout(() => this.host.onStep(step), SETTLE);
  }

  private settleTrack(target: number): void {
    this.host.track.style.transition = `transform ${SETTLE}ms ${EASE}`;
    this.host.track.style.transform = target === 0 ? '' : `translateX(${target}px)`;
  }

  // --- closing --------------------------------------------------------------------------------------------

  private moveAway(moved: Point): void {
    const down = Math.max(0, moved.y);
    this.zoom = { scale: Math.max(0.6, 1 - down / 1400), x: moved.x, y: down };
    this.host.backdrop.style.opacity = String(Math.max(0.15, 1 - down / 420));
    this.paint(false);
  }

  private endMoveAway(down: number): void {
    if (down > CLOSE_DISTANCE || (down > 24 && this.speed.y > CLOSE_SPEED)) {
      this.host.onClose();
      return;
    }
    this.zoom = WHOLE;
    this.host.backdrop.style.opacity = '';
    this.paint(true, SETTLE);
  }

  // --- an enlarged picture --------------------------------------------------------------------------------

  private movePicture(moved: Point): void {
    const wanted = { ...this.base, x: this.base.x + moved.x, y: this.base.y + moved.y };
    const allowed = this.clamped(wanted);
    const { width, height } = this.stageSize();
    this.zoom = {
      scale: wanted.scale,
      x: allowed.x + rubber(wanted.x - allowed.x, width),
      y: allowed.y + rubber(wanted.y - allowed.y, height),
    };
    this.paint(false);
  }

  /** Lets the picture glide on a little, and back inside. */
  private endMove(): void {
    const { x, y, scale } = this.zoom;
    this.zoom = this.clamped({ scale, x: x + this.speed.x * GLIDE, y: y + this.speed.y * GLIDE });
    this.paint(true, SETTLE);
    this.host.onZoom(this.zoom);
  }

  private beginPinch(): void {
    const [one, other] = [...this.fingers.values()] as [Finger, Finger];
    if (this.mode === 'hold') this.host.onHold(false);
    this.mode = 'pinch';
    this.settleTrack(0);
    this.host.backdrop.style.opacity = '';
    this.pinch = {
      zoom: this.zoom,
      distance: distanceOf(one, other),
      middle: this.fromMiddle(middleOf(one, other)),
    };
  }

  private movePinch(): void {
    const [one, other] = [...this.fingers.values()];
    if (!this.pinch || !one || !other) return;
    const { zoom, distance, middle } = this.pinch;
    const now = this.fromMiddle(middleOf(one, other));
    const wanted = (zoom.scale * distanceOf(one, other)) / Math.max(1, distance);
    const scale = Math.min(this.most() * 1.2, Math.max(0.7, wanted));
    const zoomed = zoomAt(zoom, scale, middle);
    this.zoom = { scale, x: zoomed.x + now.x - middle.x, y: zoomed.y + now.y - middle.y };
    this.paint(false);
  }

  private endPinch(): void {
    this.pinch = null;
    this.mode = 'ignore';
    this.speed = { x: 0, y: 0 };
    this.endMove();
  }

  private wheel(event: WheelEvent): void {
    event.preventDefault();
    if (!this.host.canZoom() || this.fingers.size > 0) return;
    const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1;
    const delta = Math.max(-120, Math.min(120, event.deltaY * lines));
    // A pinch on a touchpad arrives as a wheel with the control key and small steps.
    const factor = Math.exp(-delta / (event.ctrlKey ? 90 : 320));
    this.zoom = this.clamped(
      zoomAt(this.zoom, this.zoom.scale * factor, this.fromMiddle({ x: event.clientX, y: event.clientY })),
    );
    this.paint(false);
    this.host.onZoom(this.zoom);
  }
}

function isControl(event: PointerEvent): boolean {
  return event.target instanceof Element && event.target.closest('button, a, input') !== null;
}

function distanceOf(one: Point, other: Point): number {
  return Math.hypot(one.x - other.x, one.y - other.y);
}

function middleOf(one: Point, other: Point): Point {
  return { x: (one.x + other.x) / 2, y: (one.y + other.y) / 2 };
}
