/**
 * Decides which thumbs are fetched next: those nearest to the middle of the screen, a few at a time, and none while
 * the screen flies past. What leaves the screen before it has arrived is cancelled.
 */

import { geometryFor } from './geometry';
import type { AssetFacts } from './source';

const PARALLEL = 10;
/** A thumb that is there this soon came from the cache and needs no fading in, in milliseconds. */
const INSTANT = 60;
/** The screen is at rest when it has not moved for so long, in milliseconds. */
const MOVING = 150;
/** A thumb that did not come is asked for again after this long, and then at ever longer distances, in milliseconds. */
const FIRST_RETRY = 1_000;
const LAST_RETRY = 60_000;

interface Job {
  readonly image: HTMLImageElement;
  readonly url: string;
  readonly blob: string;
  readonly onBroken: () => void;
  startedAt: number | null;
  /** When it may be tried, after it has failed. */
  notBefore: number;
  failures: number;
}

export class ThumbQueue {
  private readonly jobs = new Map<HTMLImageElement, Job>();
  private loading = 0;
  private heldUntil = 0;
  private movedAt = Number.NEGATIVE_INFINITY;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private dueAt = Number.POSITIVE_INFINITY;

  /** Shows a picture in an image element; the picture stays when only its URL changes. */
  show(image: HTMLImageElement, picture: { blob: string; url: string; onBroken: () => void }): () => void {
    if (image.dataset.blob === picture.blob && image.dataset.loaded !== undefined) return () => undefined;
    const job: Job = { image, ...picture, startedAt: null, notBefore: 0, failures: 0 };
    this.jobs.set(image, job);
    this.pumpSoon(0);
    return () => this.cancel(job);
  }

  /** The screen moves: a fading picture would not be seen, and is a layer of its own for the browser. */
  moved(): void {
    this.movedAt = performance.now();
  }

  /** Starts nothing for a while: the screen is moving too fast for anything to be seen. */
  hold(milliseconds: number): void {
    this.heldUntil = performance.now() + milliseconds;
    this.pumpSoon(milliseconds);
  }

  /** Tries again at once what has failed: the network is back. */
  retry(): void {
    for (const job of this.jobs.values()) job.notBefore = 0;
    this.pumpSoon(0);
  }

  private pumpSoon(delay: number): void {
    const dueAt = performance.now() + delay;
    if (dueAt >= this.dueAt) return;
    this.dueAt = dueAt;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.pump(), delay);
  }

  private pump(): void {
    this.dueAt = Number.POSITIVE_INFINITY;
    const now = performance.now();
    const wait = this.heldUntil - now;
    if (wait > 0) {
      this.pumpSoon(wait);
      return;
    }
    const open = [...this.jobs.values()].filter((job) => job.startedAt === null);
    const waiting = open.filter((job) => job.notBefore <= now);
    if (waiting.length < open.length) this.pumpSoon(FIRST_RETRY);
    const distances = new Map(waiting.map((job) => [job, distanceFromMiddle(job.image)]));
    waiting.sort((one, other) => (distances.get(one) ?? 0) - (distances.get(other) ?? 0));
    for (const job of waiting.slice(0, Math.max(0, PARALLEL - this.loading))) this.start(job);
  }

  private start(job: Job): void {
    const { image } = job;
    job.startedAt = performance.now();
    this.loading++;
    image.onload = () => this.arrived(job);
    image.onerror = () => this.failed(job);
    delete image.dataset.loaded;
    image.dataset.blob = job.blob;
    image.src = job.url;
    // What the browser has already need not wait for its turn to say so.
    if (image.complete && image.naturalWidth > 0) this.arrived(job);
  }

  private arrived(job: Job): void {
    const now = performance.now();
    const isInstant = now - (job.startedAt ?? 0) < INSTANT || now - this.movedAt < MOVING;
    job.image.dataset.loaded = isInstant ? 'instant' : 'faded';
    this.finish(job);
  }

  /** Its address may be out of date; else the line is. */
  private failed(job: Job): void {
    job.image.removeAttribute('src');
    this.finish(job);
    this.jobs.set(job.image, job);
    job.startedAt = null;
    job.notBefore = performance.now() + Math.min(LAST_RETRY, FIRST_RETRY * 2 ** job.failures++);
    if (job.failures === 1) job.onBroken();
  }

  private cancel(job: Job): void {
    if (this.jobs.get(job.image) !== job) return;
    if (job.startedAt === null) {
      this.jobs.delete(job.image);
      return;
    }
    job.image.removeAttribute('src');
    this.finish(job);
  }

  private finish(job: Job): void {
    if (this.jobs.get(job.image) !== job) return;
    this.jobs.delete(job.image);
    job.image.onload = null;
    job.image.onerror = null;
    this.loading--;
    this.pumpSoon(0);
  }
}

/** Has about as many thumbs as fill the screen travel before there is anything to show them in. */
export function fetchFirstThumbs(assets: readonly AssetFacts[]): void {
  const { target } = geometryFor(window.innerWidth);
  let room = Math.floor(window.innerHeight / target) * window.innerWidth;
  for (const { thumb, ratio } of assets) {
    if (room <= 0) return;
    room -= ratio * target;
    if (thumb) new Image().src = thumb;
  }
}

function distanceFromMiddle(image: HTMLElement): number {
  const box = image.getBoundingClientRect();
  return Math.abs(box.top + box.height / 2 - window.innerHeight / 2);
}
