/** Thumbs and previews, kept by what they show and not by the signature that allowed to fetch them. */
import { Ledger, type Limits } from './ledger';
import type { Personal } from './personal';
import { kindOfPicture, pictureKey } from './routing';

export type Kind = 'thumb' | 'preview';

/** A thumb is some 10 kB, a preview some 200: each has a shelf of its own, so that a slide show costs no thumbs. */
export const LIMITS: Readonly<Record<Kind, Limits>> = {
  thumb: { count: 6000, bytes: 90_000_000 },
  preview: { count: 400, bytes: 90_000_000 },
};
/** All of it takes at most this share of what the browser would give us: photos to be uploaded need the room more. */
const SHARE_OF_QUOTA = 0.1;
/** The order of use is written down at most so often, in milliseconds. */
const WRITE_AFTER = 3000;
const LEDGER_PATH = '/ledger';

interface Shelf {
  readonly cache: Cache;
  readonly ledger: Ledger;
  readonly epoch: number;
}

export interface PictureParts {
  readonly personal: Personal;
  readonly fetch: typeof fetch;
  readonly origin: string;
  readonly limits?: Readonly<Record<Kind, Limits>>;
  /** Bytes that this origin may keep in all. */
  quota(): Promise<number>;
  wait(ms: number): Promise<void>;
}

export class Pictures {
  readonly #parts: PictureParts;
  readonly #shelves = new Map<Kind, Promise<Shelf | null>>();
  readonly #writing = new Set<Kind>();

  constructor(parts: PictureParts) {
    this.#parts = parts;
  }

  async show(request: Request, later: (work: Promise<unknown>) => void): Promise<Response> {
    const key = pictureKey(request.url);
    const kind = kindOfPicture(request.url);
    const shelf = await this.#shelf(kind).catch(() => null);
    const kept = await shelf?.cache.match(key);
    if (shelf && kept) {
      shelf.ledger.use(key);
      later(this.#writeSoon(kind, shelf));
      return kept;
    }
    const response = await this.#parts.fetch(request);
    if (shelf && isWhole(response)) later(this.#keep(kind, shelf, key, response.clone()));
    return response;
  }

  async #keep(kind: Kind, shelf: Shelf, key: string, response: Response): Promise<void> {
    try {
      const body = await response.blob();
      if (shelf.epoch !== this.#parts.personal.epoch) return;
      const headers = {
        'Content-Type': response.headers.get('Content-Type') ?? '',
        'X-Content-Type-Options': 'nosniff',
      };
      await shelf.cache.put(key, new Response(body, { headers }));
      shelf.ledger.add(key, body.size);
      await this.#shorten(shelf, await this.#limits(kind));
      await this.#writeSoon(kind, shelf);
    } catch {
      // The disk is full, whatever was estimated: half of it makes room again.
      await this.#shorten(shelf, { count: shelf.ledger.count / 2, bytes: shelf.ledger.bytes / 2 }).catch(
        () => undefined,
      );
    }
  }

  async #shorten({ cache, ledger }: Shelf, limits: Limits): Promise<void> {
    await Promise.all(ledger.takeExcess(limits).map((key) => cache.delete(key)));
  }

  async #limits(kind: Kind): Promise<Limits> {
    const { count, bytes } = (this.#parts.limits ?? LIMITS)[kind];
    return { count, bytes: Math.min(bytes, (SHARE_OF_QUOTA / 2) * (await this.#parts.quota())) };
  }

  /** Opened once; again after somebody left. */
  async #shelf(kind: Kind): Promise<Shelf | null> {
    const known = await this.#shelves.get(kind);
    if (known && known.epoch === this.#parts.personal.epoch) return known;
    const opening = this.#open(kind);
    this.#shelves.set(kind, opening);
    return opening;
  }

  async #open(kind: Kind): Promise<Shelf | null> {
    const { epoch } = this.#parts.personal;
    const cache = await this.#parts.personal.pictures(kind);
    if (!cache) return null;
    return { cache, ledger: await this.#read(cache), epoch };
  }

  /** The ledger as it was written last, brought to what is really there. */
  async #read(cache: Cache): Promise<Ledger> {
    const written = (await (await cache.match(this.#ledgerKey))?.json()) as [string, number][] | undefined;
    const present = new Set((await cache.keys()).map(({ url }) => url));
    present.delete(this.#ledgerKey);
    const entries = (written ?? []).filter(([key]) => present.delete(key));
    const unwritten = await Promise.all(
      [...present].map(async (key): Promise<[string, number]> => {
        const size = (await (await cache.match(key))?.blob())?.size ?? 0;
        return [key, size];
      }),
    );
    return new Ledger([...entries, ...unwritten]);
  }

  async #writeSoon(kind: Kind, shelf: Shelf): Promise<void> {
    if (this.#writing.has(kind)) return;
    this.#writing.add(kind);
    await this.#parts.wait(WRITE_AFTER);
    this.#writing.delete(kind);
    if (shelf.epoch !== this.#parts.personal.epoch) return;
    await shelf.cache.put(this.#ledgerKey, Response.json(shelf.ledger.entries())).catch(() => undefined);
  }

  get #ledgerKey(): string {
    return this.#parts.origin + LEDGER_PATH;
  }
}

/** A picture, all of it, from our own server: nothing else is worth keeping. */
function isWhole(response: Response): boolean {
  const isOurs = response.type === 'basic' || response.type === 'default';
  return (
    isOurs &&
    response.status === 200 &&
    !response.redirected &&
    (response.headers.get('Content-Type') ?? '').startsWith('image/')
  );
}
