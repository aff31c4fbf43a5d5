/** Ways to choose more than one asset: ranges, days, everything; loads what the screen has not needed yet. */
import type { GridModel } from './gridModel';
import type { Selection } from './selection';
import type { AssetFacts } from './source';

export class Chooser {
  private running: AbortController | null = null;
  private readonly model: GridModel;
  private readonly selection: Selection;
  private readonly onTrouble: (error: unknown) => void;

  constructor(model: GridModel, selection: Selection, onTrouble: (error: unknown) => void) {
    this.model = model;
    this.selection = selection;
    this.onTrouble = onTrouble;
  }

  /** From the asset that was chosen last to this one; just this one when there is none. */
  rangeTo(index: number): void {
    const { anchor } = this.selection;
    const from = anchor === null ? null : this.model.indexOf(anchor);
    this.add(from ?? index, index);
    if (anchor === null) this.selection.anchor = this.model.assetAt(index)?.id ?? null;
  }

  /** A whole day (`YYYY-MM-DD`) or month (`YYYY-MM`); takes it away when it is chosen already. */
  period(period: string): void {
    const range = this.model.rangeOf(period);
    if (!range) return;
    if (this.isChosen(period)) {
      const inside = this.selection.facts().filter((facts) => facts.day.startsWith(period));
      this.selection.remove(inside.map((facts) => facts.id));
    } else this.add(range.first, range.first + range.count - 1);
  }

  isChosen(period: string): boolean {
    const count = this.model.rangeOf(period)?.count ?? 0;
    return count > 0 && this.selection.countOf(period) >= this.model.shownOf(period);
  }

  all(): void {
    if (this.model.total > 0) this.add(0, this.model.total - 1);
  }

  /** Ends the gathering of a range and forgets everything chosen. */
  clear(): void {
    this.running?.abort();
    this.selection.clear();
  }

  /** Those between two indexes (inclusive) that are known already, in order. */
  known(from: number, to: number): { facts: AssetFacts[]; complete: boolean } {
    const facts: AssetFacts[] = [];
    let complete = true;
    for (let at = Math.min(from, to); at <= Math.max(from, to); at++) {
      const one = this.model.assetAt(at);
      if (!one) complete = false;
      else if (!this.model.isHidden(one.id)) facts.push(one);
    }
    return { facts, complete };
  }

  add(from: number, to: number): void {
    const isShort = Math.abs(to - from) < SHORT;
    const known = isShort ? this.known(from, to) : null;
    if (known?.complete) this.selection.add(known.facts);
    else void this.gather(from, to);
  }

  private async gather(from: number, to: number): Promise<void> {
    this.running?.abort();
    const running = new AbortController();
    this.running = running;
    this.selection.setGathering(true);
    try {
      for await (const facts of this.model.collect(from, to, running.signal)) {
        this.selection.add(facts);
        if (this.selection.isFull) break;
      }
    } catch (error) {
      if (!running.signal.aborted) this.onTrouble(error);
    } finally {
      if (this.running === running) {
        this.running = null;
        this.selection.setGathering(false);
      }
    }
  }
}

/** Ranges up to this length are looked up asset by asset. */
const SHORT = 4_000;
