/** Paints thumbhashes into small canvases, a few milliseconds per frame, the newest request first. */
import { decodeThumbhash, meanColour } from './thumbhash';

const SIZE = 20;
const BUDGET = 4;
const MOST_KEPT = 1_500;
const MOST_SPARE = 200;

interface Job {
  readonly host: HTMLElement;
  readonly hash: string;
  readonly className: string;
  canvas: HTMLCanvasElement | null;
}

const pictures = new Map<string, ImageData | null>();
const colours = new Map<string, string | null>();
const waiting = new Set<Job>();
/** Used again and again: to clear away hundreds of canvases keeps the browser busy for longer than a frame. */
const spare: HTMLCanvasElement[] = [];
let scheduled = false;

/** Puts the picture of a hash behind what the host has, now or soon. Returns the function that takes it away. */
export function paintThumbhash(host: HTMLElement, hash: string, className: string): () => void {
  const job: Job = { host, hash, className, canvas: null };
  const known = pictures.get(hash);
  if (known === undefined) {
    waiting.add(job);
    schedule();
  } else put(job, known);
  return () => {
    waiting.delete(job);
    job.canvas?.remove();
    if (job.canvas && spare.length < MOST_SPARE) spare.push(job.canvas);
  };
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
  for (const job of [...waiting].reverse()) {
    if (performance.now() > end) {
      schedule();
      return;
    }
    waiting.delete(job);
    put(job, pictures.get(job.hash) ?? remember(pictures, job.hash, decode(job.hash)));
  }
}

function decode(hash: string): ImageData | null {
  const pixels = decodeThumbhash(hash, SIZE);
  return pixels && new ImageData(pixels.data, pixels.width, pixels.height);
}

function put(job: Job, picture: ImageData | null): void {
  if (!picture) return;
  const canvas = spare.pop() ?? document.createElement('canvas');
  canvas.className = job.className;
  canvas.width = picture.width;
  canvas.height = picture.height;
  canvas.getContext('2d')?.putImageData(picture, 0, 0);
  job.host.prepend(canvas);
  job.canvas = canvas;
}

function remember<T>(memory: Map<string, T>, hash: string, value: T): T {
  memory.set(hash, value);
  if (memory.size > MOST_KEPT) memory.delete(memory.keys().next().value as string);
  return value;
}
