import { monthOf } from './sections';
import type { AssetFacts } from './source';

/** The most assets that may be chosen at once: what a phone can hold and a person can mean. */
export const MOST_CHOSEN = 100_000;

/** The chosen assets. A store: it outlives what the screen shows of it. */
export class Selection {
  private chosen = new Map<string, AssetFacts>();
  /** How many are chosen of each day and of each month. */
  private readonly tally = new Map<string, number>();
  private weight = 0;
  private readonly listeners = new Set<() => void>();
  /** Where a range begins: the asset that was chosen last by itself. */
  anchor: string | null = null;
  /** A long range is being gathered. */
  private gathering: AbortController | null = null;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  get size(): number {
    return this.chosen.size;
  }

  /** The originals of all of them, in bytes. */
  get bytes(): number {
    return this.weight;
  }

  get isGathering(): boolean {
    return this.gathering !== null;
  }

  /** Nothing more fits in. */
  get isFull(): boolean {
    return this.chosen.size >= MOST_CHOSEN;
  }

  has(id: string): boolean {
    return this.chosen.has(id);
  }

  /** How many assets of a day (`YYYY-MM-DD`) or a month (`YYYY-MM`) are chosen. */
  countOf(period: string): number {
    return this.tally.get(period) ?? 0;
  }

  /** Whether all of them, and at least one, are favourites. */
  areFavourites(): boolean {
    for (const facts of this.chosen.values()) if (!facts.favourite) return false;
    return this.chosen.size > 0;
  }

  facts(): AssetFacts[] {
    return [...this.chosen.values()];
  }

  toggle(facts: AssetFacts): void {
    this.anchor = facts.id;
    if (this.chosen.has(facts.id)) this.remove([facts.id]);
    else this.add([facts]);
  }

  add(assets: Iterable<AssetFacts>): void {
    for (const facts of assets) this.put(facts);
    this.changed();
  }

  remove(ids: Iterable<string>): void {
    for (const id of ids) this.drop(id);
    this.changed();
  }

  /** Everything before a drag, with the range under it added or taken away. */
  replace(base: readonly AssetFacts[], range: readonly AssetFacts[], choose: boolean): void {
    this.empty();
    for (const facts of base) this.put(facts);
    for (const facts of range) {
      if (choose) this.put(facts);
      else this.drop(facts.id);
    }
    this.changed();
  }

  /**
   * Adds, or takes away, what comes in portions, until all is there, nothing more fits in, something else is gathered or
   * the selection is cleared. Throws what `load` throws.
   */
  async gather(
    load: (signal: AbortSignal) => AsyncIterable<readonly AssetFacts[]>,
    choose = true,
  ): Promise<void> {
    this.gathering?.abort();
    const running = new AbortController();
    this.gathering = running;
    this.changed();
    try {
      for await (const assets of load(running.signal)) {
        if (choose) this.add(assets);
        else this.remove(assets.map((facts) => facts.id));
        if (choose && this.isFull) break;
      }
    } catch (error) {
      if (!running.signal.aborted) throw error;
    } finally {
      if (this.gathering === running) this.endGathering();
    }
  }

  private endGathering(): void {
    this.gathering?.abort();
    this.gathering = null;
    this.changed();
  }

  patch(ids: ReadonlySet<string>, change: (facts: AssetFacts) => AssetFacts): void {
    for (const [id, facts] of this.chosen) if (ids.has(id)) this.chosen.set(id, change(facts));
    this.changed();
  }

  clear(): void {
    this.anchor = null;
    if (this.gathering) this.endGathering();
    if (this.chosen.size === 0) return;
    this.empty();
    this.changed();
  }

  private empty(): void {
    this.chosen = new Map();
    this.tally.clear();
    this.weight = 0;
  }

  private put(facts: AssetFacts): void {
    if (this.chosen.has(facts.id) || this.chosen.size >= MOST_CHOSEN) return;
    this.chosen.set(facts.id, facts);
    this.count(facts, 1);
  }

  private drop(id: string): void {
    const facts = this.chosen.get(id);
    if (!facts) return;
    this.chosen.delete(id);
    this.count(facts, -1);
  }

  private count(facts: AssetFacts, step: 1 | -1): void {
    this.weight += step * facts.bytes;
    for (const period of [facts.day, monthOf(facts.day)]) this.tally.set(period, this.countOf(period) + step);
  }

  private changed(): void {
    for (const listener of this.listeners) listener();
  }
}
