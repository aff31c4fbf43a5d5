/** Paints thumbhashes into small canvases, a few milliseconds per frame, the newest request first. */
import { decodeThumbhash, meanColour } from './thumbhash';

const SIZE = 20;
const BUDGET = 4;
const MOST_KEPT = 1_500;

const pictures = new Map<string, ImageData | null>();
const colours = new Map<string, string | null>();
const waiting = new Map<HTMLCanvasElement, string>();
let scheduled = false;

/** Paints now or soon. Returns the function that calls it off. */
export function paintThumbhash(canvas: HTMLCanvasElement, hash: string): () => void {
  const known = pictures.get(hash);
  if (known !== undefined) {
    put(canvas, known);
    return () => undefined;
  }
  waiting.set(canvas, hash);
  schedule();
  return () => waiting.delete(canvas);
}

/** The colour to show until then. */
export function placeholderColour(hash: string): string | null {
  const known = colours.get(hash);
  if (known !== undefined) return known;
  return remember(colours, hash, meanColour(hash));
}

function schedule(): void {
  if (scheduled) return;
  scheduled = true;
  requestAnimationFrame(() => {
    scheduled = false;
    work();
  });
}

function work(): void {
  const end = performance.now() + BUDGET;
  for (const [canvas, hash] of [...waiting].reverse()) {
    if (performance.now() > end) {
      schedule();
      return;
    }
    waiting.delete(canvas);
    put(canvas, pictures.get(hash) ?? remember(pictures, hash, decode(hash)));
  }
}

function decode(hash: string): ImageData | null {
  const pixels = decodeThumbhash(hash, SIZE);
  return pixels && new ImageData(pixels.data, pixels.width, pixels.height);
}

function put(canvas: HTMLCanvasElement, picture: ImageData | null): void {
  if (!picture) return;
  canvas.width = picture.width;
  canvas.height = picture.height;
  canvas.getContext('2d')?.putImageData(picture, 0, 0);
}

function remember<T>(memory: Map<string, T>, hash: string, value: T): T {
  memory.set(hash, value);
  if (memory.size > MOST_KEPT) memory.delete(memory.keys().next().value as string);
  return value;
}
