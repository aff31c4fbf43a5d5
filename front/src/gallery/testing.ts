/** Made-up libraries for the tests of the grid, and a source that serves them. */
import type { AssetChange, AssetFacts, AssetSource, AssetWindow, Skeleton, WindowAddress } from './source';

/** A repeatable stream of numbers from 0 to 1 (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** The day `back` days before the last day of 2026. */
export function dayBack(back: number): string {
  return new Date(Date.UTC(2026, 11, 31) - back * 86_400_000).toISOString().slice(0, 10);
}

export function skeletonOf(
  counts: readonly (readonly [day: string, count: number])[],
  revision = '1',
): Skeleton {
  return {
    total: counts.reduce((sum, [, count]) => sum + count, 0),
    days: counts.map(([day]) => day),
    counts: counts.map(([, count]) => count),
    revision,
  };
}

/** Two million assets on some eleven thousand days, one of which holds seventy thousand. */
export function hugeSkeleton(): Skeleton {
  const random = randomFrom(11);
  const counts: [string, number][] = [];
  let left = 2_000_000;
  for (let back = 0; left > 0; back++) {
    const count = Math.min(left, back === 900 ? 70_000 : 1 + Math.floor(random() * random() * 700));
    counts.push([dayBack(back), count]);
    left -= count;
  }
  return skeletonOf(counts);
}

/** A library that answers as the server does, and counts what it was asked. */
export class FakeLibrary implements AssetSource {
  readonly asked: WindowAddress[] = [];
  known: readonly AssetFacts[] = [];
  failing = false;
  expires = Number.MAX_SAFE_INTEGER;
  /** Newest first. */
  assets: AssetFacts[] = [];
  private revision = 0;
  private listener: ((change: AssetChange) => void) | null = null;
  private made = 0;
  private held: (() => void)[] | null = null;

  constructor(counts: readonly (readonly [day: string, count: number])[] = []) {
    for (const [day, count] of counts) this.add(day, count);
  }

  /** New assets of a day, newer than those it has. Returns their ids. */
  add(day: string, count = 1): string[] {
    const random = randomFrom(this.made + 5);
    const fresh = Array.from({ length: count }, (_, at) =>
      assetFacts({
        id: `asset-${this.made++}`,
        day,
        ratio: [0.75, 1.333, 1.5, 0.5625, 1, 1.778][Math.floor(random() * 6)] ?? 1,
        minutes: Math.max(0, 1439 - Math.floor((at * 1439) / Math.max(1, count))),
      }),
    );
    const at = this.assets.findIndex((facts) => facts.day <= day);
    this.assets.splice(at < 0 ? this.assets.length : at, 0, ...fresh);
    this.revision++;
    return fresh.map((facts) => facts.id);
  }

  remove(id: string): void {
    this.assets = this.assets.filter((facts) => facts.id !== id);
    this.revision++;
  }

  skeleton(): Skeleton {
    const counts = new Map<string, number>();
    for (const facts of this.assets) counts.set(facts.day, (counts.get(facts.day) ?? 0) + 1);
    return skeletonOf([...counts], String(this.revision));
  }

  /** Answers nothing until `release`. */
  hold(): void {
    this.held = [];
  }

  release(): void {
    const held = this.held ?? [];
    this.held = null;
    for (const answer of held) answer();
  }

  tell(change: AssetChange): void {
    this.listener?.(change);
  }

  subscribe(listener: (change: AssetChange) => void): () => void {
    this.listener = listener;
    return () => {
      this.listener = null;
    };
  }

  async loadWindow(address: WindowAddress, signal: AbortSignal): Promise<AssetWindow> {
    this.asked.push(address);
    if (this.held) await new Promise<void>((resolve) => this.held?.push(resolve));
    signal.throwIfAborted();
    if (this.failing) throw new Error('The server is away.');
    const first = this.assets.findIndex((facts) => facts.day <= address.day) + address.offset;
    return { assets: this.assets.slice(first, first + address.limit), expires: this.expires };
  }
}

export function assetFacts(facts: Partial<AssetFacts> & { id: string }): AssetFacts {
  return {
    blob: `blob-${facts.id}`,
    day: '2026-01-01',
    minutes: 600,
    ratio: 1,
    rotation: 0,
    title: '',
    thumbhash: null,
    thumb: `/thumb/${facts.id}`,
    preview: `/preview/${facts.id}`,
    video: false,
    live: false,
    favourite: false,
    own: true,
    processing: false,
    failed: false,
    damaged: false,
    duration: null,
    bytes: 1000,
    ...facts,
  };
}
