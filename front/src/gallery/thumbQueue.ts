/**
 * Decides which thumbs are fetched next: those nearest to the middle of the screen, a few at a time, and none while
 * the screen flies past. What leaves the screen before it has arrived is cancelled.
 */

const PARALLEL = 10;
/** A thumb that is there this soon came from the cache and needs no fading in, in milliseconds. */
const INSTANT = 60;

interface Job {
  readonly image: HTMLImageElement;
  readonly url: string;
  readonly blob: string;
  readonly onBroken: () => void;
  startedAt: number | null;
}

export class ThumbQueue {
  private readonly jobs = new Map<HTMLImageElement, Job>();
  private loading = 0;
  private heldUntil = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** Shows a picture in an image element; the picture stays when only its URL changes. */
  show(image: HTMLImageElement, picture: { blob: string; url: string; onBroken: () => void }): () => void {
    if (image.dataset.blob === picture.blob && image.dataset.loaded !== undefined) return () => undefined;
    const job: Job = { image, ...picture, startedAt: null };
    this.jobs.set(image, job);
    this.pumpSoon(0);
    return () => this.cancel(job);
  }

  /** Starts nothing for a while: the screen is moving too fast for anything to be seen. */
  hold(milliseconds: number): void {
    this.heldUntil = performance.now() + milliseconds;
    this.pumpSoon(milliseconds);
  }

  private pumpSoon(delay: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.pump(), delay);
  }

  private pump(): void {
    const wait = this.heldUntil - performance.now();
    if (wait > 0) {
      this.pumpSoon(wait);
      return;
    }
    const waiting = [...this.jobs.values()].filter((job) => job.startedAt === null);
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
  }

  private arrived(job: Job): void {
    const isInstant = performance.now() - (job.startedAt ?? 0) < INSTANT;
    job.image.dataset.loaded = isInstant ? 'instant' : 'faded';
    this.finish(job);
  }

  private failed(job: Job): void {
    job.image.removeAttribute('src');
    this.finish(job);
    job.onBroken();
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

function distanceFromMiddle(image: HTMLElement): number {
  const box = image.getBoundingClientRect();
  return Math.abs(box.top + box.height / 2 - window.innerHeight / 2);
}
