import { isFinished, sectionOf, type UploadItem } from './model';

export interface Totals {
  /** All files of the queue. */
  readonly files: number;
  readonly finished: number;
  readonly attention: number;
  readonly active: number;
  readonly waiting: number;
  /** Bytes of the files that are finished or under way; those that need attention are left out. */
  readonly totalBytes: number;
  /** Bytes of them that need not be sent any more. */
  readonly doneBytes: number;
}

export function totalsOf(items: Iterable<UploadItem>): Totals {
  const count = { attention: 0, active: 0, waiting: 0, finished: 0 };
  let totalBytes = 0;
  let doneBytes = 0;
  for (const item of items) {
    const section = sectionOf(item.state);
    count[section] += 1;
    if (section !== 'attention') {
      totalBytes += item.size;
      doneBytes += isFinished(item.state) ? item.size : Math.min(item.sent, item.size);
    }
  }
  const files = count.attention + count.active + count.waiting + count.finished;
  return { files, ...count, totalBytes, doneBytes };
}

/** Share of the work that is done, 0 to 1. Counts files a little, so that many tiny ones are not invisible beside a video. */
export function fractionOf(totals: Totals): number {
  const files = totals.files - totals.attention;
  if (files === 0) {
    return 0;
  }
  const perFile = 64 * 1024;
  return (totals.doneBytes + totals.finished * perFile) / (totals.totalBytes + files * perFile);
}

const WINDOW = 8_000;
const SETTLED = 2_000;

interface Sample {
  readonly at: number;
  readonly bytes: number;
}

/** How fast bytes leave, over the last eight seconds: long enough to be calm, short enough to notice a tunnel. */
export class SpeedMeter {
  #bytes = 0;
  #samples: Sample[] = [];

  /** `bytes` more went out at time `now` (milliseconds). */
  add(bytes: number, now: number): void {
    this.#bytes += bytes;
    const last = this.#samples.at(-1);
    if (last && now - last.at < 100) {
      this.#samples[this.#samples.length - 1] = { at: last.at, bytes: this.#bytes };
    } else {
      this.#samples.push({ at: now, bytes: this.#bytes });
    }
    this.#forget(now);
  }

  reset(): void {
    this.#bytes = 0;
    this.#samples = [];
  }

  /** Bytes per second, or null until there is enough to say. */
  speed(now: number): number | null {
    this.#forget(now);
    const first = this.#samples[0];
    if (!first || now - first.at < SETTLED) {
      return null;
    }
    return ((this.#bytes - first.bytes) * 1_000) / (now - first.at);
  }

  #forget(now: number): void {
    while (this.#samples.length > 1 && now - (this.#samples[0]?.at ?? now) > WINDOW) {
      this.#samples.shift();
    }
    if (this.#samples.length === 1 && now - (this.#samples[0]?.at ?? now) > WINDOW) {
      this.#samples = [];
    }
  }
}

/** Seconds until the rest is out, or null when nobody can know. */
export function secondsLeft(totals: Totals, speed: number | null): number | null {
  if (speed === null || speed < 1) {
    return null;
  }
  return Math.max(0, (totals.totalBytes - totals.doneBytes) / speed);
}
