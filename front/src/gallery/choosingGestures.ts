/**
 * Choosing by pointer: click on a check mark, shift and click, long press, and drawing over tiles with the mouse or,
 * after a long press, with the finger. Plain clicks open.
 */
import { haptic } from '@/shared/max';
import type { Chooser } from './chooser';
import type { GridModel } from './gridModel';
import type { Selection } from './selection';
import type { AssetFacts } from './source';

const LONG_PRESS = 420;
const FINGER_SLACK = 10;
const MOUSE_SLACK = 8;
/** Drawing this near to an edge of the screen scrolls, in pixels. */
const EDGE = 72;
const FASTEST = 26;

export interface ChoosingContext {
  readonly scroller: HTMLElement;
  /** The element whose top left corner is the origin of the model's offsets. */
  readonly canvas: HTMLElement;
  readonly model: GridModel;
  readonly selection: Selection;
  readonly chooser: Chooser;
  readonly onOpen: (index: number, facts: AssetFacts, tile: HTMLElement) => void;
}

interface Press {
  readonly pointer: number;
  readonly touch: boolean;
  readonly x: number;
  readonly y: number;
  readonly facts: AssetFacts | null;
  timer?: ReturnType<typeof setTimeout>;
}

interface Drawing {
  readonly base: readonly AssetFacts[];
  /** Where the drawing began; photos that arrive meanwhile move it. */
  readonly origin: AssetFacts;
  from: number;
  to: number;
  readonly choose: boolean;
  x: number;
  y: number;
}

/** Returns the function that takes all listeners away. */
export function attachChoosing(context: ChoosingContext): () => void {
  const gestures = new ChoosingGestures(context);
  const end = new AbortController();
  const { scroller } = context;
  const on = { signal: end.signal };
  scroller.addEventListener('click', (event) => gestures.click(event), on);
  scroller.addEventListener('pointerdown', (event) => gestures.down(event), on);
  scroller.addEventListener('pointermove', (event) => gestures.move(event), on);
  scroller.addEventListener('pointerup', () => gestures.up(), on);
  scroller.addEventListener('pointercancel', () => gestures.up(), on);
  scroller.addEventListener('dragstart', (event) => event.preventDefault(), on);
  scroller.addEventListener('contextmenu', (event) => gestures.contextMenu(event), on);
  scroller.addEventListener('touchmove', (event) => gestures.touchMove(event), { ...on, passive: false });
  return () => {
    end.abort();
    gestures.up();
  };
}

class ChoosingGestures {
  private press: Press | null = null;
  private drawing: Drawing | null = null;
  private swallowClick = false;
  private readonly context: ChoosingContext;

  constructor(context: ChoosingContext) {
    this.context = context;
  }

  click(event: MouseEvent): void {
    const tile = tileOf(event.target);
    if (this.swallowClick) {
      this.swallowClick = false;
      event.preventDefault();
      return;
    }
    if (!tile) return;
    const { model, selection, chooser, onOpen } = this.context;
    const index = indexOf(tile);
    const facts = model.assetAt(index);
    if (!facts) return;
    const isChecking = isCheck(event.target) || selection.size > 0;
    if ((event.ctrlKey || event.metaKey) && !isChecking) return;
    event.preventDefault();
    if (event.shiftKey) chooser.rangeTo(index);
    else if (isChecking) selection.toggle(facts);
    else onOpen(index, facts, tile);
  }

  down(event: PointerEvent): void {
    this.up();
    this.swallowClick = false;
    const tile = tileOf(event.target);
    if (!tile || !event.isPrimary || event.button !== 0) return;
    const touch = event.pointerType !== 'mouse';
    this.press = {
      pointer: event.pointerId,
      touch,
      x: event.clientX,
      y: event.clientY,
      facts: this.context.model.assetAt(indexOf(tile)),
    };
    if (touch) this.press.timer = setTimeout(() => this.longPress(), LONG_PRESS);
  }

  move(event: PointerEvent): void {
    const { press, drawing } = this;
    if (drawing) {
      this.drawTo(event.clientX, event.clientY);
      return;
    }
    if (!press || press.pointer !== event.pointerId) return;
    const distance = Math.hypot(event.clientX - press.x, event.clientY - press.y);
    if (press.touch && distance > FINGER_SLACK) this.up();
    else if (!press.touch && distance > MOUSE_SLACK) {
      this.context.scroller.setPointerCapture(press.pointer);
      this.beginDrawing(press);
      this.drawTo(event.clientX, event.clientY);
    }
  }

  up(): void {
    clearTimeout(this.press?.timer);
    const { drawing } = this;
    this.press = null;
    this.drawing = null;
    if (!drawing) return;
    const { model, chooser } = this.context;
    model.setTouching(false);
    this.follow(drawing);
    if (!chooser.known(drawing.from, drawing.to).complete)
      chooser.gather(drawing.from, drawing.to, drawing.choose);
  }

  contextMenu(event: Event): void {
    if (this.press?.touch || this.drawing) event.preventDefault();
  }

  /** While drawing with a finger, the finger must not scroll as well. */
  touchMove(event: TouchEvent): void {
    if (this.drawing && event.cancelable) event.preventDefault();
  }

  private longPress(): void {
    if (!this.press) return;
    haptic('selection');
    this.beginDrawing(this.press);
    this.drawTo(this.press.x, this.press.y);
  }

  private beginDrawing(press: Press): void {
    const { model, selection } = this.context;
    const { facts, x, y } = press;
    const from = facts ? model.indexOf(facts.id) : null;
    if (!facts || from === null) return;
    this.swallowClick = true;
    selection.anchor = facts.id;
    const base = selection.facts();
    const choose = !selection.has(facts.id);
    this.drawing = { base, origin: facts, from, to: from, choose, x, y };
    model.setTouching(true);
    requestAnimationFrame(() => this.scrollAtEdges());
  }

  private drawTo(x: number, y: number): void {
    const { drawing } = this;
    if (!drawing) return;
    drawing.x = x;
    drawing.y = y;
    this.follow(drawing);
    const { chooser, selection } = this.context;
    selection.replace(drawing.base, chooser.known(drawing.from, drawing.to).facts, drawing.choose);
  }

  /** Where both ends lie now. */
  private follow(drawing: Drawing): void {
    const { model, canvas } = this.context;
    const { left, top } = canvas.getBoundingClientRect();
    drawing.from = model.indexOf(drawing.origin.id) ?? drawing.from;
    drawing.to = model.indexAtPoint(drawing.x - left, drawing.y - top) ?? drawing.to;
  }

  private scrollAtEdges(): void {
    const { drawing } = this;
    if (!drawing) return;
    const { scroller } = this.context;
    const box = scroller.getBoundingClientRect();
    const above = Math.max(0, box.top + EDGE - drawing.y);
    const below = Math.max(0, drawing.y - (box.bottom - EDGE));
    const speed = (Math.min(EDGE, below) - Math.min(EDGE, above)) * (FASTEST / EDGE);
    if (speed !== 0) {
      scroller.scrollTop += speed;
      this.drawTo(drawing.x, drawing.y);
    }
    requestAnimationFrame(() => this.scrollAtEdges());
  }
}

function tileOf(target: EventTarget | null): HTMLElement | null {
  return target instanceof Element ? target.closest<HTMLElement>('[data-index]') : null;
}

function indexOf(tile: HTMLElement): number {
  return Number(tile.dataset.index);
}

function isCheck(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('[data-check]') !== null;
}
