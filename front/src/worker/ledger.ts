/** What lies in a cache of pictures: how much each weighs, and which were looked at last. */
export interface Limits {
  readonly count: number;
  readonly bytes: number;
}

export class Ledger {
  /** By key, least recently used first. */
  readonly #sizes = new Map<string, number>();
  #bytes = 0;

  constructor(entries: Iterable<readonly [string, number]> = []) {
    for (const [key, bytes] of entries) this.add(key, bytes);
  }

  get bytes(): number {
    return this.#bytes;
  }

  get count(): number {
    return this.#sizes.size;
  }

  entries(): [string, number][] {
    return [...this.#sizes];
  }

  add(key: string, bytes: number): void {
    this.#bytes += bytes - (this.#sizes.get(key) ?? 0);
    this.#sizes.delete(key);
    this.#sizes.set(key, bytes);
  }

  use(key: string): void {
    const bytes = this.#sizes.get(key);
    if (bytes !== undefined) this.add(key, bytes);
  }

  /** Takes out, least recently used first, what is beyond the limits. */
  takeExcess(limits: Limits): string[] {
    const gone: string[] = [];
    for (const [key, bytes] of this.#sizes) {
      if (this.#sizes.size <= limits.count && this.#bytes <= limits.bytes) break;
      this.#sizes.delete(key);
      this.#bytes -= bytes;
      gone.push(key);
    }
    return gone;
  }
}
