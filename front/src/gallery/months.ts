/** Years and months of a skeleton, newest first, and a picture for each month. */
import { monthOf } from './sections';
import type { AssetFacts, AssetSource, Skeleton } from './source';

export interface Month {
  /** `YYYY-MM` */
  readonly month: string;
  /** The newest day that has assets. */
  readonly day: string;
  readonly count: number;
}

export interface Year {
  readonly year: string;
  readonly count: number;
  readonly months: readonly Month[];
}

export function yearsOf({ days, counts }: Skeleton): Year[] {
  const years: { year: string; count: number; months: { month: string; day: string; count: number }[] }[] =
    [];
  days.forEach((day, at) => {
    const count = counts[at] as number;
    let year = years[years.length - 1];
    if (year?.year !== day.slice(0, 4)) {
      year = { year: day.slice(0, 4), count: 0, months: [] };
      years.push(year);
    }
    year.count += count;
    const last = year.months[year.months.length - 1];
    if (last?.month === monthOf(day)) last.count += count;
    else year.months.push({ month: monthOf(day), day, count });
  });
  return years;
}

const PARALLEL = 4;
/** The cover is chosen from so many. */
const CANDIDATES = 12;
const RENEW_BEFORE = 90_000;

interface Cover {
  readonly facts: AssetFacts | null;
  readonly expires: number;
}

/** Loads covers as they come into sight, a few at a time, and keeps them while their months do not change. */
export class Covers {
  private readonly known = new Map<string, Cover>();
  private readonly waiting = new Map<string, Month>();
  private readonly listeners = new Set<() => void>();
  private running = 0;
  private readonly source: AssetSource;
  private readonly now: () => number;

  constructor(source: AssetSource, now: () => number = Date.now) {
    this.source = source;
    this.now = now;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  get(month: Month): AssetFacts | null {
    return this.known.get(keyOf(month))?.facts ?? null;
  }

  want(months: readonly Month[]): void {
    for (const month of months) {
      const expires = this.known.get(keyOf(month))?.expires ?? 0;
      if (expires <= this.now()) this.waiting.set(keyOf(month), month);
    }
    this.pump();
  }

  /** What is out of sight need not be loaded. */
  forget(months: readonly Month[]): void {
    for (const month of months) this.waiting.delete(keyOf(month));
  }

  private pump(): void {
    for (const [key, month] of this.waiting) {
      if (this.running >= PARALLEL) return;
      this.waiting.delete(key);
      this.running++;
      void this.load(key, month).finally(() => {
        this.running--;
        this.pump();
      });
    }
  }

  private async load(key: string, { day, count }: Month): Promise<void> {
    const address = { day, offset: 0, limit: Math.min(count, CANDIDATES) };
    try {
      const { assets, expires } = await this.source.loadWindow(address, new AbortController().signal);
      this.known.set(key, {
        facts: best(assets),
        expires: Math.max(expires - RENEW_BEFORE, this.now() + 60_000),
      });
    } catch {
      // A month without a picture can be opened all the same; the next time it is seen, it is tried again.
      return;
    }
    for (const listener of this.listeners) listener();
  }
}

function keyOf({ month, day, count }: Month): string {
  return `${month}/${day}/${count}`;
}

/** A favourite, else a picture that fills a square well, else whatever there is. */
function best(assets: readonly AssetFacts[]): AssetFacts | null {
  const shown = assets.filter((facts) => facts.thumb);
  const square = (facts: AssetFacts) => Math.abs(Math.log(facts.ratio));
  return (
    shown.find((facts) => facts.favourite) ??
    shown.filter((facts) => !facts.video).sort((one, other) => square(one) - square(other))[0] ??
    shown[0] ??
    null
  );
}
