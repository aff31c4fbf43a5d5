import { lastNotAfter } from './sections';

/** Heights of consecutive blocks with their running sums; sums are brought up to date when they are asked for. */
export class Heights {
  private readonly values: Float64Array;
  private readonly tops: Float64Array;
  /** `tops` is right up to and including this position. */
  private validTo = 0;
  /** Grows with every change. */
  version = 0;

  constructor(values: Float64Array) {
    this.values = values;
    this.tops = new Float64Array(values.length + 1);
  }

  get total(): number {
    return this.top(this.values.length);
  }

  height(position: number): number {
    return this.values[position] ?? 0;
  }

  set(position: number, height: number): void {
    if (this.values[position] === height) return;
    this.values[position] = height;
    this.version++;
    this.validTo = Math.min(this.validTo, position);
  }

  top(position: number): number {
    while (this.validTo < position) {
      const next = (this.tops[this.validTo] as number) + (this.values[this.validTo] as number);
      this.validTo++;
      this.tops[this.validTo] = next;
    }
    return this.tops[position] ?? 0;
  }

  /** The block that covers this offset; clamped to the first and last. */
  at(offset: number): number {
    this.top(this.values.length);
    return lastNotAfter(this.values.length, offset, (position) => this.tops[position] as number);
  }
}
