/** Answers of the API that are kept, so that recent photos can be looked at without a network. */
import { MARK } from '@/api/kept';
import type { Personal, Turn } from './personal';
import { type WireSkeleton, type WireWindow, windowFrom } from './windows';

/** A network that has said nothing for so long is none, where something was kept; in milliseconds. */
const PATIENCE = 4_000;

/** The most windows that are kept; each holds up to 512 assets. */
const MOST_WINDOWS = 40;
const WINDOW = '/api/timeline/window';
const SKELETON = '/api/timeline';
const SPACES = '/api/spaces';

export class Answers {
  readonly #personal: Personal;
  readonly #fetch: typeof fetch;

  constructor(personal: Personal, ask: typeof fetch) {
    this.#personal = personal;
    this.#fetch = ask;
  }

  /**
   * The network's answer, which is kept; without a network, or where it is mute, what was kept, marked as such; an answer that
   * comes after that is kept for the next time. A request that may only be
   * answered from what is kept (the page has no token and no way to get one) never leaves the device.
   */
  async answer(request: Request, later: (work: Promise<unknown>) => void): Promise<Response> {
    if (request.headers.has(MARK)) return (await this.#kept(request.url)) ?? Response.error();
    const owner = ownerOf(request.headers.get('Authorization'));
    const turn = owner === null ? null : await this.#personal.belongTo(owner);
    const asked = this.#fetch(request);
    if (turn) {
      later(
        asked.then((response) => this.#learn(request.url, response.clone(), turn)).catch(() => undefined),
      );
    }
    try {
      return await Promise.race([asked, this.#late(request.url, asked)]);
    } catch (error) {
      const kept = request.signal.aborted ? null : await this.#kept(request.url);
      if (kept) return kept;
      throw error;
    }
  }

  async #late(address: string, asked: Promise<Response>): Promise<Response> {
    let isThere = false;
    const come = () => {
      isThere = true;
    };
    asked.then(come, come);
    await new Promise((resolve) => setTimeout(resolve, PATIENCE));
    return (!isThere && (await this.#kept(address))) || asked;
  }

  async #learn(address: string, response: Response, turn: Turn): Promise<void> {
    const { pathname, searchParams } = new URL(address);
    if (response.status === 403 || response.status === 404) {
      // What one may not see any more is not kept either.
      const gone = searchParams.get('space_id');
      if (gone) await this.#leave((space) => space === gone);
      return;
    }
    if (response.status !== 200) return;
    const text = await response.text();
    const cache = await turn.cache();
    if (!cache) return;
    await cache.put(address, keptCopy(text));
    if (pathname === WINDOW) await trim(cache);
    if (pathname === SPACES) {
      const mine = new Set((JSON.parse(text) as { items: { id: string }[] }).items.map(({ id }) => id));
      await this.#leave((space) => !mine.has(space));
    }
  }

  /** Drops what is known of spaces. Nobody can say which pictures were theirs alone, so all pictures go along. */
  async #leave(isGone: (space: string) => boolean): Promise<void> {
    const cache = await this.#personal.cache();
    if (!cache) return;
    const gone = (await cache.keys()).filter(({ url }) => {
      const space = new URL(url).searchParams.get('space_id');
      return space !== null && isGone(space);
    });
    if (gone.length === 0) return;
    await Promise.all(gone.map((request) => cache.delete(request)));
    await this.#personal.dropPictures();
  }

  async #kept(address: string): Promise<Response | null> {
    const cache = await this.#personal.cache();
    if (!cache) return null;
    const exact = await cache.match(address);
    if (exact) return exact;
    const url = new URL(address);
    return url.pathname === WINDOW ? windowOf(cache, url) : null;
  }
}

async function windowOf(cache: Cache, url: URL): Promise<Response | null> {
  const { searchParams } = url;
  const sameView = (address: string) => {
    const other = new URL(address);
    return ['space_id', 'view', 'kind'].every(
      (name) => other.searchParams.get(name) === searchParams.get(name),
    );
  };
  const requests = (await cache.keys()).filter((request) => sameView(request.url));
  const read = async (path: string) => {
    const found = requests.filter((request) => new URL(request.url).pathname === path);
    const responses = await Promise.all(found.map((request) => cache.match(request)));
    return Promise.all(responses.flatMap((response) => response?.json() ?? []));
  };
  const [skeleton = null] = (await read(SKELETON)) as WireSkeleton[];
  const wanted = {
    day: searchParams.get('day') ?? skeleton?.days[0] ?? '',
    offset: Number(searchParams.get('offset') ?? 0),
    limit: Number(searchParams.get('limit') ?? 512),
  };
  const window = windowFrom((await read(WINDOW)) as WireWindow[], skeleton, wanted);
  return window && keptCopy(JSON.stringify(window));
}

/** The answer as it will be given again: marked, and without headers that were meant for the first time. */
function keptCopy(text: string): Response {
  return new Response(text, {
    headers: { 'Content-Type': 'application/json', [MARK]: new Date().toISOString() },
  });
}

/** Windows were put in the order in which they were last asked for. */
async function trim(cache: Cache): Promise<void> {
  const windows = (await cache.keys()).filter(({ url }) => new URL(url).pathname === WINDOW);
  const excess = windows.slice(0, Math.max(0, windows.length - MOST_WINDOWS));
  await Promise.all(excess.map((request) => cache.delete(request)));
}

/** Whose token a request carries. The signature is the server's affair: nothing is given away by this. */
export function ownerOf(authorization: string | null): string | null {
  const payload = /^Bearer [\w-]+\.([\w-]+)\./.exec(authorization ?? '')?.[1];
  if (!payload) return null;
  try {
    const { sub } = JSON.parse(atob(payload.replaceAll('-', '+').replaceAll('_', '/'))) as { sub?: unknown };
    return typeof sub === 'string' ? sub : null;
  } catch {
    return null;
  }
}
