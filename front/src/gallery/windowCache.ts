/**
 * Loads sections, each at most once at a time, keeps the recently used ones and drops what nobody looks at.
 *
 * There are two ways to ask. `want` says what the screen needs *now*, most urgent first: neighbours are fetched
 * together, and what is no longer wanted is cancelled. `load` is for somebody who waits for one section whatever the
 * screen shows; it is never cancelled.
 */
import type { Fragment, Section } from './sections';
import {
  type AssetFacts,
  type AssetSource,
  type AssetWindow,
  WINDOW_LIMIT,
  type WindowAddress,
} from './source';

export interface Loaded {
  /** By position within the section; null where the server knew fewer assets of that day than the skeleton. */
  readonly assets: readonly (AssetFacts | null)[];
  /** When the source was asked, in milliseconds since the epoch. */
  readonly askedAt: number;
}

interface Entry {
  loaded: Loaded;
  /** Milliseconds since the epoch; 0 when something in it has changed. */
  freshUntil: number;
}

interface Request {
  readonly sections: readonly Section[];
  readonly abort: AbortController;
  readonly askedAt: number;
  /** Wanted by `load`: survives whatever the screen does. */
  pinned: boolean;
  /** Something has changed since it was asked: the answer may be older than that. */
  outdated: boolean;
  readonly done: Promise<void>;
}

export interface WindowCacheEvents {
  onLoaded(keys: readonly string[]): void;
  /** Whether the last answer was a failure; loading is tried again by itself. */
  onTrouble(troubled: boolean): void;
  /** Called when a failed or expiring section should be wanted again. */
  onRetry(): void;
}

const MOST_ASSETS = 24_000;
const PARALLEL = 3;
/** URLs are renewed this long before they stop working, in milliseconds. */
const RENEW_BEFORE = 90_000;
/** An answer is good for this long whatever its URLs say: the clock of a phone may be hours ahead of the server's. */
const SHORTEST_LIFE = 60_000;
/** An answer that misses assets is asked for again after this long. */
const INCOMPLETE_LIFE = 3_000;
const FIRST_RETRY = 1_000;
const LAST_RETRY = 30_000;

export class WindowCache {
  private readonly entries = new Map<string, Entry>();
  private readonly requests = new Map<string, Request>();
  private held = 0;
  private wanted: readonly Section[] = [];
  private retryIn = FIRST_RETRY;
  private retryTimer: ReturnType<typeof setTimeout> | undefined;
  private readonly source: AssetSource;
  private readonly events: WindowCacheEvents;
  private readonly now: () => number;
  private readonly mostAssets: number;

  constructor(
    source: AssetSource,
    events: WindowCacheEvents,
    now: () => number = Date.now,
    mostAssets: number = MOST_ASSETS,
  ) {
    this.source = source;
    this.events = events;
    this.now = now;
    this.mostAssets = mostAssets;
  }

  get(section: Section): Loaded | null {
    return this.entries.get(section.key)?.loaded ?? null;
  }

  /** Loaded, and neither outdated nor about to lose its URLs. */
  isFresh(section: Section): boolean {
    return (this.entries.get(section.key)?.freshUntil ?? 0) > this.now();
  }

  /** When the first of these needs to be loaded again, in milliseconds since the epoch. */
  earliestExpiry(sections: readonly Section[]): number {
    const known = sections.map(
      (section) => this.entries.get(section.key)?.freshUntil ?? Number.POSITIVE_INFINITY,
    );
    return Math.min(...known);
  }

  want(sections: readonly Section[]): void {
    this.wanted = sections;
    for (const section of sections) this.touch(section.key);
    const keys = new Set(sections.map((section) => section.key));
    for (const request of new Set(this.requests.values())) {
      if (!request.pinned && !request.sections.some((section) => keys.has(section.key))) this.cancel(request);
    }
    if (this.retryTimer === undefined) this.startWanted();
  }

  /** Resolves when the section is loaded; rejects with the source's error. */
  async load(section: Section): Promise<Loaded> {
    if (!this.isFresh(section)) {
      const running = this.requests.get(section.key);
      const request = running ?? this.start([section]);
      request.pinned = true;
      await request.done;
    }
    const loaded = this.get(section);
    if (!loaded) throw new DOMException('The section was dropped while it was loading.', 'AbortError');
    return loaded;
  }

  /** What is known of a section from elsewhere, to be shown until it is loaded. */
  seed(section: Section, assets: readonly (AssetFacts | null)[]): void {
    if (this.entries.has(section.key) || assets.every((facts) => facts === null)) return;
    this.held += assets.length;
    this.entries.set(section.key, { loaded: { assets, askedAt: 0 }, freshUntil: 0 });
  }

  /**
   * The sections that `isOutdated` names stay on the screen until their new state has come. What is on its way may have been
   * told before the change, also for a section that has been outdated already, or of which nothing is known.
   */
  markStale(isOutdated: (loaded: Loaded, key: string) => boolean): void {
    for (const [key, request] of this.requests) {
      const entry = this.entries.get(key);
      if (!entry || isOutdated(entry.loaded, key)) request.outdated = true;
    }
    for (const [key, entry] of this.entries) {
      if (entry.freshUntil > 0 && isOutdated(entry.loaded, key)) entry.freshUntil = 0;
    }
  }

  /** Replaces facts that are known to have changed, without asking the source. */
  patch(ids: ReadonlySet<string>, change: (facts: AssetFacts) => AssetFacts): void {
    for (const entry of this.entries.values()) {
      if (!entry.loaded.assets.some((facts) => facts && ids.has(facts.id))) continue;
      const assets = entry.loaded.assets.map((facts) => (facts && ids.has(facts.id) ? change(facts) : facts));
      entry.loaded = { ...entry.loaded, assets };
    }
  }

  /** Where an asset lies among the loaded sections that `accepts` names. */
  locate(id: string, accepts: (key: string) => boolean): { key: string; position: number } | null {
    for (const [key, entry] of this.entries) {
      const position = entry.loaded.assets.findIndex((facts) => facts?.id === id);
      if (position >= 0 && accepts(key)) return { key, position };
    }
    return null;
  }

  /** How many different loaded assets have this property. */
  count(has: (facts: AssetFacts) => boolean): number {
    const found = new Set<string>();
    for (const entry of this.entries.values()) {
      for (const facts of entry.loaded.assets) if (facts && has(facts)) found.add(facts.id);
    }
    return found.size;
  }

  retryNow(): void {
    clearTimeout(this.retryTimer);
    this.retryTimer = undefined;
    this.startWanted();
  }

  /** Ends everything under way; what is loaded stays. */
  pause(): void {
    clearTimeout(this.retryTimer);
    this.retryTimer = undefined;
    this.wanted = [];
    for (const request of new Set(this.requests.values())) request.abort.abort();
    this.requests.clear();
  }

  private startWanted(): void {
    const missing = this.wanted.filter(
      (section) => !this.isFresh(section) && !this.requests.has(section.key),
    );
    const visited = new Set<string>();
    for (const section of missing) {
      if (new Set(this.requests.values()).size >= PARALLEL) return;
      if (visited.has(section.key)) continue;
      const batch = batchAround(section, missing);
      for (const member of batch) visited.add(member.key);
      this.start(batch);
    }
  }

  private start(sections: readonly Section[]): Request {
    const abort = new AbortController();
    const answer = this.source.loadWindow(addressOf(sections), abort.signal);
    const request: Request = {
      sections,
      abort,
      askedAt: this.now(),
      pinned: false,
      outdated: false,
      done: answer.then((window) => this.accept(request, window)),
    };
    for (const section of sections) this.requests.set(section.key, request);
    request.done
      .catch(() => {
        this.release(request);
        if (!abort.signal.aborted) this.retryLater();
      })
      .finally(() => {
        if (this.retryTimer === undefined) this.startWanted();
      });
    return request;
  }

  private accept(request: Request, window: AssetWindow): void {
    request.abort.signal.throwIfAborted();
    this.release(request);
    this.store(request, window);
  }

  private store({ sections, askedAt, outdated }: Request, window: AssetWindow): void {
    this.retryIn = FIRST_RETRY;
    const byDay = groupByDay(window.assets);
    const now = this.now();
    const freshUntil = Math.max(window.expires - RENEW_BEFORE, now + SHORTEST_LIFE);
    for (const section of sections) {
      const assets = section.fragments.flatMap((fragment) => take(byDay, fragment));
      this.held += assets.length - (this.entries.get(section.key)?.loaded.assets.length ?? 0);
      this.entries.delete(section.key);
      const incomplete = assets.includes(null);
      this.entries.set(section.key, {
        loaded: { assets, askedAt },
        freshUntil: outdated ? 0 : incomplete ? now + INCOMPLETE_LIFE : freshUntil,
      });
    }
    this.evict();
    this.events.onTrouble(false);
    this.events.onLoaded(sections.map((section) => section.key));
  }

  private release(request: Request): void {
    for (const section of request.sections) {
      if (this.requests.get(section.key) === request) this.requests.delete(section.key);
    }
  }

  private cancel(request: Request): void {
    this.release(request);
    request.abort.abort();
  }

  private retryLater(): void {
    this.events.onTrouble(true);
    if (this.retryTimer !== undefined) return;
    this.retryTimer = setTimeout(() => {
      this.retryTimer = undefined;
      this.events.onRetry();
      this.startWanted();
    }, this.retryIn);
    this.retryIn = Math.min(LAST_RETRY, this.retryIn * 2);
  }

  /** Most recently used last. */
  private touch(key: string): void {
    const entry = this.entries.get(key);
    if (!entry) return;
    this.entries.delete(key);
    this.entries.set(key, entry);
  }

  private evict(): void {
    const kept = new Set(this.wanted.map((section) => section.key));
    for (const [key, entry] of this.entries) {
      if (this.held <= this.mostAssets) return;
      if (kept.has(key)) continue;
      this.entries.delete(key);
      this.held -= entry.loaded.assets.length;
    }
  }
}

export function addressOf(sections: readonly Section[]): WindowAddress {
  const newest = (sections[0] as Section).fragments[0] as Fragment;
  const limit = sections.reduce((sum, section) => sum + section.count, 0);
  return { day: newest.day, offset: newest.offset, limit };
}

/** The section together with the missing neighbours that fit into the same window, newest first. */
function batchAround(section: Section, missing: readonly Section[]): Section[] {
  const byFirst = new Map(missing.map((one) => [one.first, one]));
  const byEnd = new Map(missing.map((one) => [one.first + one.count, one]));
  const batch = [section];
  let count = section.count;
  for (let grew = true; grew; ) {
    grew = false;
    const newest = batch[0] as Section;
    const oldest = batch[batch.length - 1] as Section;
    const after = byFirst.get(oldest.first + oldest.count);
    if (after && count + after.count <= WINDOW_LIMIT) {
      batch.push(after);
      count += after.count;
      grew = true;
    }
    const before = byEnd.get(newest.first);
    if (before && count + before.count <= WINDOW_LIMIT) {
      batch.unshift(before);
      count += before.count;
      grew = true;
    }
  }
  return batch;
}

function groupByDay(assets: readonly AssetFacts[]): Map<string, AssetFacts[]> {
  const days = new Map<string, AssetFacts[]>();
  for (const facts of assets) {
    const day = days.get(facts.day);
    if (day) day.push(facts);
    else days.set(facts.day, [facts]);
  }
  return days;
}

/**
 * The fragment's assets, taken from what the window holds of its day. The server may already know more or fewer
 * than the skeleton did: more are left for the next skeleton, fewer leave holes.
 */
function take(byDay: Map<string, AssetFacts[]>, fragment: Fragment): (AssetFacts | null)[] {
  const available = byDay.get(fragment.day)?.splice(0, fragment.count) ?? [];
  return Array.from({ length: fragment.count }, (_, at) => available[at] ?? null);
}
