/** Stand-ins for the browser's caches, for the tests of the service worker. */

const BASE = 'https://gallery.test';

class FakeCache implements Cache {
  readonly entries = new Map<string, Response>();
  readonly #site: (address: string) => Response;

  constructor(site: (address: string) => Response) {
    this.#site = site;
  }

  async match(key: RequestInfo | URL): Promise<Response | undefined> {
    return this.entries.get(addressOf(key))?.clone();
  }

  async put(key: RequestInfo | URL, response: Response): Promise<void> {
    this.entries.delete(addressOf(key));
    this.entries.set(addressOf(key), response);
  }

  async delete(key: RequestInfo | URL): Promise<boolean> {
    return this.entries.delete(addressOf(key));
  }

  async keys(): Promise<Request[]> {
    return [...this.entries.keys()].map((address) => new Request(address));
  }

  async add(key: RequestInfo | URL): Promise<void> {
    const response = this.#site(addressOf(key));
    if (!response.ok) throw new TypeError('The file is not there.');
    await this.put(key, response);
  }

  async addAll(keys: RequestInfo[]): Promise<void> {
    for (const key of keys) await this.add(key);
  }

  async matchAll(): Promise<Response[]> {
    return [...this.entries.values()];
  }
}

export class FakeCaches implements CacheStorage {
  /** What the site would answer to `add`. */
  site: (address: string) => Response = () => new Response('');
  readonly #caches = new Map<string, FakeCache>();

  async open(name: string): Promise<Cache> {
    const cache = this.#caches.get(name) ?? new FakeCache((address) => this.site(address));
    this.#caches.set(name, cache);
    return cache;
  }

  async keys(): Promise<string[]> {
    return [...this.#caches.keys()];
  }

  async has(name: string): Promise<boolean> {
    return this.#caches.has(name);
  }

  async delete(name: string): Promise<boolean> {
    return this.#caches.delete(name);
  }

  async match(key: RequestInfo | URL): Promise<Response | undefined> {
    for (const cache of this.#caches.values()) {
      const found = await cache.match(key);
      if (found) return found;
    }
    return undefined;
  }

  /** What lies where, without the names of the site; empty caches are left out. */
  dump(): Record<string, string[]> {
    const filled = [...this.#caches].filter(([, cache]) => cache.entries.size > 0);
    return Object.fromEntries(
      filled.map(([name, { entries }]) => [name, [...entries.keys()].map((key) => key.replace(BASE, ''))]),
    );
  }
}

function addressOf(key: RequestInfo | URL): string {
  return new URL(key instanceof Request ? key.url : String(key), BASE).href;
}
