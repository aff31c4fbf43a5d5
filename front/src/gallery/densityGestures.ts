/** Two fingers, or the wheel with Ctrl (which is what a touchpad's pinch arrives as), change the density. */
import { prefersStill } from '@/shared/lib/motion';

/** How far fingers spread or close for one step. */
const SPREAD = 1.32;
/** How much further they go for the next one. */
const FURTHER = 1.35;
/** While they have not, the picture follows them this much. */
const FOLLOWS = 0.45;
/** Of the wheel, for one step; and the pause before another. */
const WHEEL = 70;
const PAUSE = 380;

export interface Spot {
  readonly clientX: number;
  readonly clientY: number;
}

export interface DensityContext {
  readonly scroller: HTMLElement;
  /** What follows the fingers. */
  readonly canvas: HTMLElement;
  /** Closer (1) or further away (-1) around what lies at a spot of the screen. Returns whether there was a step. */
  readonly onStep: (step: 1 | -1, spot: Spot) => boolean;
}

/** Returns the function that takes all listeners away. */
export function attachDensity(context: DensityContext): () => void {
  const gestures = new DensityGestures(context);
  const end = new AbortController();
  const { scroller } = context;
  // The browser waits for those that may call its own work off, and gives a finger up when a busy page keeps it waiting.
  const active = { signal: end.signal, passive: false };
  const passive = { signal: end.signal, passive: true };
  scroller.addEventListener('wheel', (event) => gestures.wheel(event), active);
  scroller.addEventListener('touchmove', (event) => gestures.move(event), active);
  scroller.addEventListener('touchstart', (event) => gestures.touch(event), passive);
  for (const name of ['touchend', 'touchcancel'] as const)
    scroller.addEventListener(name, (event) => gestures.lift(event), passive);
  return () => {
    end.abort();
    gestures.rest();
  };
}

class DensityGestures {
  /** The distance between two fingers when the step that is under way began. */
  private base: number | null = null;
  /** The step that these fingers have made: for another one in that direction they go further. */
  private lastStep: 1 | -1 | null = null;
  private turned = 0;
  private quietUntil = 0;
  private readonly context: DensityContext;

  constructor(context: DensityContext) {
    this.context = context;
  }

  wheel(event: WheelEvent): void {
    if (!event.ctrlKey) return;
    event.preventDefault();
    const now = performance.now();
    if (now < this.quietUntil) return;
    this.turned =
      Math.sign(this.turned) === Math.sign(event.deltaY) ? this.turned + event.deltaY : event.deltaY;
    if (Math.abs(this.turned) < WHEEL) return;
    this.context.onStep(this.turned < 0 ? 1 : -1, event);
    this.turned = 0;
    this.quietUntil = now + PAUSE;
  }

  touch(event: TouchEvent): void {
    this.base = event.touches.length === 2 ? distanceOf(event.touches) : null;
    this.lastStep = null;
    if (this.base === null) this.rest();
  }

  move(event: TouchEvent): void {
    if (this.base === null || event.touches.length !== 2) return;
    if (event.cancelable) event.preventDefault();
    const scale = distanceOf(event.touches) / this.base;
    const spot = middleOf(event.touches);
    const needed = (step: 1 | -1) => (step === this.lastStep ? SPREAD * FURTHER : SPREAD);
    const step = scale > needed(1) ? 1 : 1 / scale > needed(-1) ? -1 : null;
    if (step === null) {
      this.follow(scale, spot);
      return;
    }
    this.rest();
    this.base = distanceOf(event.touches);
    this.lastStep = step;
    this.context.onStep(step, spot);
  }

  lift(event: TouchEvent): void {
    if (event.touches.length >= 2) return;
    this.base = null;
    this.rest();
  }

  rest(): void {
    this.context.canvas.style.scale = '';
    this.context.canvas.style.transformOrigin = '';
  }

  private follow(scale: number, { clientX, clientY }: Spot): void {
    if (prefersStill()) return;
    const { canvas } = this.context;
    const box = canvas.getBoundingClientRect();
    if (!canvas.style.scale) canvas.style.transformOrigin = `${clientX - box.left}px ${clientY - box.top}px`;
    canvas.style.scale = String(scale ** FOLLOWS);
  }
}

function distanceOf(touches: TouchList): number {
  const [one, other] = [touches[0] as Touch, touches[1] as Touch];
  return Math.max(1, Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY));
}

function middleOf(touches: TouchList): Spot {
  const [one, other] = [touches[0] as Touch, touches[1] as Touch];
  return { clientX: (one.clientX + other.clientX) / 2, clientY: (one.clientY + other.clientY) / 2 };
}
