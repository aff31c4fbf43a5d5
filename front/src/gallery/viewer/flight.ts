/**
 * A picture's way between its tile and the stage.
 *
 * What one sees is one picture that moves: while it flies, its tile is empty. It never changes its proportions; of a tile
 * that shows a part, the rest is uncovered on the way. Whoever closes the viewer, be it the browser's back button, the
 * page is free at once: the pictures leave in a layer of their own.
 */
import { prefersStill } from '@/shared/lib/motion';
import styles from './flight.module.css';

export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

const ARRIVAL = 280;
const DEPARTURE = 240;
const EASE = 'cubic-bezier(0.2, 0, 0, 1)';
const WHOLE = { transform: 'none', clipPath: 'inset(0px)', opacity: 1 };
const NOWHERE = { transform: 'scale(0.96)', clipPath: 'inset(0px)', opacity: 0 };

/** How to show the frame so that it lies over the tile and looks like it: covering it, its proportions kept. */
export function laidOnto(tile: Box, frame: Box): { transform: string; clipPath: string } {
  const scale = Math.max(tile.width / frame.width, tile.height / frame.height);
  const x = tile.left + tile.width / 2 - (frame.left + frame.width / 2);
  const y = tile.top + tile.height / 2 - (frame.top + frame.height / 2);
  const across = Math.max(0, (frame.width - tile.width / scale) / 2);
  const down = Math.max(0, (frame.height - tile.height / scale) / 2);
  return {
    transform: `translate(${x}px, ${y}px) scale(${scale})`,
    clipPath: `inset(${down}px ${across}px)`,
  };
}

/** Lets the frame grow out of its tile, or appear when there is none. */
export function arrive(frame: HTMLElement, backdrop: HTMLElement | null, tile: HTMLElement | null): void {
  if (prefersStill()) return;
  const seen = onScreen(tile);
  const from = seen ? { ...laidOnto(boxOf(seen), boxOf(frame)), opacity: 1 } : NOWHERE;
  const options = { duration: ARRIVAL, easing: EASE };
  empty(seen, frame.animate([from, WHOLE], options).finished);
  backdrop?.animate([{ opacity: 0 }, { opacity: 1 }], { ...options, easing: 'linear' });
}

/** Takes the pictures out of a frame that is about to go, and lets them return to their tile or fade. */
export function depart(
  frame: HTMLElement,
  backdrop: HTMLElement | null,
  tileOf: () => HTMLElement | null,
): void {
  if (prefersStill()) return;
  const box = boxOf(frame);
  const [layer, shade, picture] = [made(styles.layer), made(styles.shade), made(styles.picture)];
  layer.setAttribute('aria-hidden', 'true');
  shade.style.opacity = backdrop ? getComputedStyle(backdrop).opacity : '0';
  Object.assign(picture.style, {
    left: `${box.left}px`,
    top: `${box.top}px`,
    width: `${box.width}px`,
    height: `${box.height}px`,
    backgroundColor: frame.style.backgroundColor,
    containerType: 'size',
  });
  picture.append(...frame.children);
  layer.append(shade, picture);
  document.body.append(layer);
  // By the next frame the page below has scrolled to the tile.
  requestAnimationFrame(() => {
    const tile = onScreen(tileOf());
    const to = tile ? { ...laidOnto(boxOf(tile), box), opacity: 1 } : NOWHERE;
    const options = { duration: DEPARTURE, easing: EASE, fill: 'forwards' } as const;
    const flight = picture.animate([WHOLE, to], options).finished;
    shade.animate([{ opacity: 0 }], options);
    empty(tile, flight);
    void flight.catch(() => undefined).then(() => layer.remove());
  });
}

/** Keeps the tile empty, but not out of the keyboard's reach, until the flight is over. */
function empty(tile: HTMLElement | null, flight: Promise<unknown>): void {
  if (!tile) return;
  tile.style.opacity = '0';
  void flight
    .catch(() => undefined)
    .then(() => {
      tile.style.opacity = '';
    });
}

function onScreen(tile: HTMLElement | null): HTMLElement | null {
  if (!tile) return null;
  const { top, bottom } = tile.getBoundingClientRect();
  return bottom > 0 && top < window.innerHeight ? tile : null;
}

function boxOf(element: HTMLElement): Box {
  return element.getBoundingClientRect();
}

function made(className: string | undefined): HTMLElement {
  const element = document.createElement('div');
  element.className = className ?? '';
  return element;
}
