/** Ways to choose more than one asset: ranges, days, everything; loads what the screen has not needed yet. */
import type { GridModel } from './gridModel';
import type { Selection } from './selection';
import type { AssetFacts } from './source';

export class Chooser {
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
    const chosen = this.selection.countOf(period);
    // Most headers end here: what is shown of a period is not counted for nothing.
    return chosen > 0 && this.model.rangeOf(period) !== null && chosen >= this.model.shownOf(period);
  }

  all(): void {
    if (this.model.total > 0) this.add(0, this.model.total - 1);
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
    else this.gather(from, to);
  }

  /** Chooses a range, or takes it away, whether it is known or not. */
  gather(from: number, to: number, choose = true): void {
    const load = (signal: AbortSignal) => this.model.collect(from, to, signal);
    void this.selection.gather(load, choose).catch(this.onTrouble);
  }
}

/** Ranges up to this length are looked up asset by asset. */
const SHORT = 4_000;
