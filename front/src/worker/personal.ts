/**
 * Everything on this device that belongs to the person who is signed in. It has one owner at a time: whoever else comes
 * finds nothing, and whoever leaves takes all of it along.
 */

/** The account's id follows, so that the store of one account can never be read as another's. */
const KEPT = 'gallery-kept-';
const PICTURES = 'gallery-pictures-';

/** A request's right to have its answer kept; it ends when its owner leaves. */
export interface Turn {
  /** Where the answer goes, or null when it came too late. */
  cache(): Promise<Cache | null>;
}

export class Personal {
  readonly #caches: CacheStorage;
  /** Grows when somebody leaves; what was asked before then is not kept. */
  #epoch = 0;

  constructor(caches: CacheStorage) {
    this.#caches = caches;
  }

  /** Tells apart what was kept before and after somebody left. */
  get epoch(): number {
    return this.#epoch;
  }

  /** Makes `owner` the one whose answers are kept. */
  async belongTo(owner: string): Promise<Turn> {
    const name = KEPT + owner;
    const names = await this.#caches.keys();
    if (names.some((other) => other.startsWith(KEPT) && other !== name)) await this.forget();
    const epoch = this.#epoch;
    return { cache: async () => (epoch === this.#epoch ? this.#caches.open(name) : null) };
  }

  /** The answers that are kept; null while they are nobody's. */
  async cache(): Promise<Cache | null> {
    const name = (await this.#caches.keys()).find((each) => each.startsWith(KEPT));
    return name === undefined ? null : this.#caches.open(name);
  }

  /** Where pictures of one kind are kept. Without an owner there are none. */
  async pictures(kind: string): Promise<Cache | null> {
    const epoch = this.#epoch;
    const owned = (await this.#caches.keys()).some((name) => name.startsWith(KEPT));
    return owned && epoch === this.#epoch ? this.#caches.open(PICTURES + kind) : null;
  }

  async dropPictures(): Promise<void> {
    this.#epoch++;
    await this.#drop((name) => name.startsWith(PICTURES));
  }

  async forget(): Promise<void> {
    this.#epoch++;
    await this.#drop((name) => name.startsWith(KEPT) || name.startsWith(PICTURES));
  }

  async #drop(isGone: (name: string) => boolean): Promise<void> {
    const names = (await this.#caches.keys()).filter(isGone);
    await Promise.all(names.map((name) => this.#caches.delete(name)));
  }
}
