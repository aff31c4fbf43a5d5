/** The application itself: kept whole and by version, so that it starts without asking anybody. */

const PREFIX = 'gallery-shell-';

export class Shell {
  readonly #caches: CacheStorage;
  readonly #fetch: typeof fetch;
  readonly #name: string;
  readonly #page: string;
  readonly #files: readonly string[];

  /** `files` are addresses; the first is the page, which all addresses of the application show. */
  constructor(
    caches: CacheStorage,
    ask: typeof fetch,
    build: string,
    [page, ...files]: readonly [string, ...string[]],
  ) {
    this.#caches = caches;
    this.#fetch = ask;
    this.#name = PREFIX + build;
    this.#page = page;
    this.#files = files;
  }

  /** Fetches what is not there yet. One file that cannot be had, and this version does not take over. */
  async install(): Promise<void> {
    const cache = await this.#caches.open(this.#name);
    const page = new Request(this.#page, { cache: 'no-cache' });
    await cache.addAll([page, ...this.#files.map((file) => new Request(file))]);
  }

  /** The version before this one stays: a tab that was opened with it may still ask for its parts. */
  async tidy(): Promise<void> {
    const shells = (await this.#caches.keys()).filter((name) => name.startsWith(PREFIX));
    const others = shells.filter((name) => name !== this.#name);
    await Promise.all(others.slice(0, -1).map((name) => this.#caches.delete(name)));
  }

  async page(request: Request): Promise<Response> {
    const cache = await this.#caches.open(this.#name);
    return (await cache.match(this.#page)) ?? this.#fetch(request);
  }

  /** A name stands for its contents, so whichever version kept the file, it is the right one. */
  async file(request: Request, later: (work: Promise<unknown>) => void): Promise<Response> {
    const own = await this.#caches.open(this.#name);
    const kept = (await own.match(request)) ?? (await this.#fromOlder(request));
    if (kept) return kept;
    const response = await this.#fetch(request);
    if (response.status === 200 && response.type === 'basic' && isHashed(request.url)) {
      later(own.put(request, response.clone()).catch(() => undefined));
    }
    return response;
  }

  async #fromOlder(request: Request): Promise<Response | undefined> {
    if (!isHashed(request.url)) return undefined;
    const shells = (await this.#caches.keys()).filter((name) => name.startsWith(PREFIX));
    for (const name of shells) {
      const found = await (await this.#caches.open(name)).match(request);
      if (found) return found;
    }
    return undefined;
  }
}

function isHashed(address: string): boolean {
  return new URL(address).pathname.startsWith('/assets/');
}
