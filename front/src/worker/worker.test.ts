// @vitest-environment node
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { MARK } from '@/api/kept';
import { Answers, ownerOf } from './answers';
import { Ledger } from './ledger';
import { Personal } from './personal';
import { Pictures } from './pictures';
import { pictureKey, wayOf } from './routing';
import { Shell } from './shell';
import { FakeCaches } from './testing';
import { type WireWindow, windowFrom } from './windows';

const ORIGIN = 'https://gallery.test';
const BLOB = '0190b7a0-1c1c-7000-8000-00000000abcd';

/** Waits for all that was left for later. */
class Later {
  readonly #works: Promise<unknown>[] = [];
  readonly add = (work: Promise<unknown>): void => void this.#works.push(work);
  async done(): Promise<void> {
    while (this.#works.length > 0) await this.#works.shift();
  }
}

let caches: FakeCaches;
let later: Later;

beforeEach(() => {
  caches = new FakeCaches();
  later = new Later();
});

describe('which requests are answered', () => {
  const ask = (url: string, more: Partial<{ method: string; mode: string; range: boolean }> = {}) =>
    wayOf(
      {
        method: more.method ?? 'GET',
        mode: more.mode ?? 'cors',
        url: new URL(url, ORIGIN).href,
        headers: { has: () => more.range ?? false },
      },
      ORIGIN,
    );

  it.each([
    ['/', 'page'],
    ['/s/1/trash', 'page'],
    ['/sign-in?return=%2F', 'page'],
    ['/api/docs', 'network'],
    ['/health', 'network'],
    ['/media', 'network'],
    ['/robots.txt', 'network'],
  ])('a visit to %s: %s', (url, way) => expect(ask(url, { mode: 'navigate' })).toBe(way));

  it.each([
    ['/assets/index-abc_1.js', 'file'],
    ['/manifest.en.webmanifest', 'file'],
    ['/sw.js', 'network'],
    ['/api/me', 'answer'],
    ['/api/spaces', 'answer'],
    ['/api/timeline/window?day=2024-05-01', 'answer'],
    ['/api/spaces/1/members', 'network'],
    ['/api/assets/1', 'network'],
    ['/api/events', 'network'],
    ['/api/auth/refresh', 'network'],
    [`/media/${BLOB}/thumb-1?e=1&s=x`, 'picture'],
    [`/media/${BLOB}/preview-12?e=1&s=x`, 'picture'],
    [`/media/${BLOB}/original?a=1&e=1&s=x`, 'network'],
    [`/media/${BLOB}/download?a=1&e=1&s=x`, 'network'],
    ['https://elsewhere.test/api/me', 'network'],
  ])('a request for %s: %s', (url, way) => expect(ask(url)).toBe(way));

  it('parts of files, and whatever changes something, go to the network', () => {
    expect(ask(`/media/${BLOB}/thumb-1?e=1`, { range: true })).toBe('network');
    for (const method of ['POST', 'PATCH', 'DELETE', 'HEAD'])
      expect(ask('/api/me', { method })).toBe('network');
    expect(ask('/share', { method: 'POST' })).toBe('network');
    expect(ask('/share', { method: 'POST', mode: 'navigate' })).toBe('share');
  });

  it('a picture has one key whatever its signature', () => {
    expect(pictureKey(`${ORIGIN}/media/${BLOB}/thumb-1?e=1&s=a`)).toBe(
      pictureKey(`${ORIGIN}/media/${BLOB}/thumb-1?e=2&s=b`),
    );
  });
});

describe('the ledger', () => {
  it('lets go of what was looked at longest ago', () => {
    const ledger = new Ledger([
      ['a', 10],
      ['b', 10],
      ['c', 10],
    ]);
    ledger.use('a');
    ledger.use('unknown');
    expect(ledger.takeExcess({ count: 2, bytes: 1000 })).toEqual(['b']);
    expect(ledger.takeExcess({ count: 9, bytes: 19 })).toEqual(['c']);
    expect(ledger.entries()).toEqual([['a', 10]]);
    ledger.add('a', 4);
    expect(ledger.bytes).toBe(4);
  });
});

describe('windows put together', () => {
  const window = (day: string, offset: number, days: [string, number][], first: number): WireWindow => {
    const ids = Array.from(
      { length: days.reduce((sum, [, count]) => sum + count, 0) },
      (_, at) => `${first + at}`,
    );
    return {
      day,
      offset,
      days,
      ids,
      sigs: ids.map((id) => `s${id}`),
      durations: { 1: first },
      titles: { 0: `t${first}` },
      expires: 5,
      thumb: 'thumb-1',
    };
  };
  const skeleton = { days: ['d3', 'd2', 'd1'], counts: [3, 4, 2] };
  const kept = [
    window(
      'd3',
      0,
      [
        ['d3', 3],
        ['d2', 1],
      ],
      0,
    ),
    window('d2', 1, [['d2', 3]], 4),
  ];

  it('from parts of several, by place and not by how they were asked for', () => {
    const found = windowFrom(kept, skeleton, { day: 'd3', offset: 1, limit: 5 });
    expect(found?.ids).toEqual(['1', '2', '3', '4', '5']);
    expect(found).toMatchObject({
      day: 'd3',
      offset: 1,
      days: [
        ['d3', 2],
        ['d2', 3],
      ],
      sigs: ['s1', 's2', 's3', 's4', 's5'],
      durations: { 0: 0, 4: 4 },
      titles: { 3: 't4' },
      thumb: 'thumb-1',
    });
  });

  it('shows no asset twice when a day has grown between two answers', () => {
    const grown = [window('d2', 0, [['d2', 2]], 7), window('d2', 2, [['d2', 2]], 8)];
    expect(windowFrom(grown, skeleton, { day: 'd2', offset: 0, limit: 9 })?.ids).toEqual(['7', '8']);
  });

  it('ends where nothing is known, and begins nowhere else than asked', () => {
    expect(windowFrom(kept, skeleton, { day: 'd2', offset: 2, limit: 9 })?.ids).toEqual(['5', '6']);
    expect(windowFrom(kept, skeleton, { day: 'd1', offset: 0, limit: 9 })).toBeNull();
    expect(windowFrom(kept, skeleton, { day: 'd0', offset: 0, limit: 9 })).toBeNull();
    expect(windowFrom([], skeleton, { day: 'd3', offset: 0, limit: 9 })).toBeNull();
  });
});

/** An unsigned token of `owner`, which is all that the service worker reads of one. */
function token(owner: string): string {
  return `Bearer e30.${btoa(JSON.stringify({ sub: owner })).replaceAll('=', '')}.x`;
}

describe('answers of the API', () => {
  let server: ReturnType<typeof vi.fn<typeof fetch>>;
  let answers: Answers;

  beforeEach(() => {
    server = vi.fn<typeof fetch>();
    answers = new Answers(new Personal(caches), server);
  });

  async function ask(path: string, owner: string | null = 'anna', headers: Record<string, string> = {}) {
    const authorization: Record<string, string> = owner ? { Authorization: token(owner) } : {};
    const request = new Request(ORIGIN + path, { headers: { ...authorization, ...headers } });
    const response = await answers.answer(request, later.add);
    await later.done();
    return response;
  }

  const says = (body: unknown, status = 200) => server.mockResolvedValueOnce(Response.json(body, { status }));
  const offline = () => server.mockRejectedValueOnce(new TypeError('no network'));
  const only = { [MARK]: 'only' };

  it('are those that were kept while the network is mute, and what it says at last is kept', async () => {
    vi.useFakeTimers();
    says({ id: 1 });
    await ask('/api/me');
    let speak: (response: Response) => void = () => undefined;
    server.mockReturnValueOnce(new Promise((resolve) => (speak = resolve)));
    const request = new Request(`${ORIGIN}/api/me`, { headers: { Authorization: token('anna') } });
    const answered = answers.answer(request, later.add);
    await vi.advanceTimersByTimeAsync(4_000);
    expect(await (await answered).json()).toEqual({ id: 1 });
    speak(Response.json({ id: 2 }));
    await later.done();
    vi.useRealTimers();
    offline();
    expect(await (await ask('/api/me')).json()).toEqual({ id: 2 });
  });

  it('come from the server while it answers, and from here when it does not', async () => {
    says({ id: 1 });
    expect((await ask('/api/me')).headers.has(MARK)).toBe(false);
    offline();
    const kept = await ask('/api/me');
    expect(kept.headers.has(MARK)).toBe(true);
    expect(await kept.json()).toEqual({ id: 1 });
  });

  it('are read without a token only from here', async () => {
    says({ id: 1 });
    await ask('/api/me');
    expect(await (await ask('/api/me', null, only)).json()).toEqual({ id: 1 });
    expect((await ask('/api/spaces', null, only)).type).toBe('error');
    expect(server).toHaveBeenCalledTimes(1);
  });

  it('are not kept when they are failures, or nobody knows whose they are', async () => {
    says({ code: 'unavailable' }, 503);
    await ask('/api/me');
    says({ id: 2 });
    await ask('/api/spaces', null);
    expect(caches.dump()).toEqual({});
  });

  it('belong to one account', async () => {
    says({ id: 'anna' });
    await ask('/api/me');
    await (await caches.open('gallery-pictures-thumb')).put(`${ORIGIN}/x`, new Response('x'));
    says({ items: [] });
    await ask('/api/spaces', 'boris');
    expect(Object.keys(caches.dump())).toEqual(['gallery-kept-boris']);
  });

  it('that arrive after somebody left are not kept', async () => {
    const personal = new Personal(caches);
    answers = new Answers(personal, server);
    let arrive: (response: Response) => void = () => undefined;
    server.mockReturnValueOnce(new Promise((resolve) => (arrive = resolve)));
    const asking = ask('/api/me');
    await vi.waitFor(() => expect(server).toHaveBeenCalled());
    await personal.forget();
    arrive(Response.json({ id: 'anna' }));
    await asking;
    expect(caches.dump()).toEqual({});
  });

  it('about a space go when the person has left it, and pictures with them', async () => {
    for (const space of ['a', 'b']) {
      says({ days: [], counts: [] });
      await ask(`/api/timeline?space_id=${space}&view=all`);
    }
    await (await caches.open('gallery-pictures-thumb')).put(`${ORIGIN}/x`, new Response('x'));
    says({ items: [{ id: 'a' }] });
    await ask('/api/spaces');
    expect(caches.dump()).toEqual({
      'gallery-kept-anna': ['/api/timeline?space_id=a&view=all', '/api/spaces'],
    });
    says({ code: 'not-found' }, 404);
    await ask('/api/timeline?space_id=a&view=all');
    expect(caches.dump()).toEqual({ 'gallery-kept-anna': ['/api/spaces'] });
  });

  it('keep the latest windows and put others together from them', async () => {
    const address = (offset: number, limit = 1) =>
      `/api/timeline/window?space_id=a&view=all&day=d1&offset=${offset}&limit=${limit}`;
    for (let offset = 0; offset < 45; offset++) {
      says({ day: 'd1', offset, days: [['d1', 1]], ids: [`${offset}`], durations: {}, expires: 1 });
      await ask(address(offset));
    }
    expect(caches.dump()['gallery-kept-anna']).toHaveLength(40);
    says({ days: ['d1'], counts: [45] });
    await ask('/api/timeline?space_id=a&view=all');
    const found = (await (await ask(address(10, 3), null, only)).json()) as WireWindow;
    expect(found.ids).toEqual(['10', '11', '12']);
    expect((await ask(address(0, 3), null, only)).type).toBe('error');
  });

  it('name their owner by the token', () => {
    expect(ownerOf(token('anna'))).toBe('anna');
    for (const odd of [null, '', 'Bearer x', 'Bearer a.b.c', 'Bearer a.e30.c'])
      expect(ownerOf(odd)).toBeNull();
  });
});

describe('pictures', () => {
  const THUMB = `/media/${BLOB}/thumb-1`;
  let server: ReturnType<typeof vi.fn<typeof fetch>>;
  let personal: Personal;
  let quota: number;

  beforeEach(async () => {
    server = vi.fn<typeof fetch>(async () => picture(100));
    personal = new Personal(caches);
    quota = 1e9;
    await (await personal.belongTo('anna')).cache();
  });

  const picture = (bytes: number, init: ResponseInit = {}) =>
    new Response(new Uint8Array(bytes), { headers: { 'Content-Type': 'image/webp' }, ...init });

  function newPictures(): Pictures {
    return new Pictures({
      personal,
      fetch: server,
      origin: ORIGIN,
      limits: { thumb: { count: 3, bytes: 1000 }, preview: { count: 1, bytes: 1000 } },
      quota: async () => quota,
      wait: async () => undefined,
    });
  }

  async function show(pictures: Pictures, path: string): Promise<Response> {
    const response = await pictures.show(new Request(ORIGIN + path), later.add);
    await later.done();
    return response;
  }

  const held = () => caches.dump()['gallery-pictures-thumb']?.filter((path) => path !== '/ledger');
  const named = (at: number) => `/media/0190b7a0-1c1c-7000-8000-00000000000${at}/thumb-1`;

  it('are fetched once, whatever signature asks for them', async () => {
    const pictures = newPictures();
    await show(pictures, `${THUMB}?e=1&s=a`);
    const again = await show(pictures, `${THUMB}?e=2&s=b`);
    expect(server).toHaveBeenCalledTimes(1);
    expect((await again.blob()).size).toBe(100);
    expect(held()).toEqual([THUMB]);
  });

  it.each([
    ['a failure', () => picture(10, { status: 404 })],
    ['a part', () => picture(10, { status: 206 })],
    ['no picture', () => new Response('<html>', { headers: { 'Content-Type': 'text/html' } })],
    ['an opaque answer', () => Object.defineProperty(picture(10), 'type', { value: 'opaque' })],
    ['a redirected answer', () => Object.defineProperty(picture(10), 'redirected', { value: true })],
  ])('%s is not kept', async (_, answer) => {
    server.mockResolvedValueOnce(answer());
    await show(newPictures(), THUMB);
    expect(held() ?? []).toEqual([]);
  });

  it('give way to newer ones, those looked at last stay, also after the worker was stopped', async () => {
    const pictures = newPictures();
    for (const at of [1, 2, 3]) await show(pictures, named(at));
    await show(pictures, named(1));
    const restarted = newPictures();
    await show(restarted, named(4));
    expect(new Set(held())).toEqual(new Set([named(1), named(3), named(4)]));
  });

  it('take a tenth of the room that the browser gives, half of that each kind', async () => {
    quota = 4000;
    const pictures = newPictures();
    for (const at of [1, 2, 3]) await show(pictures, named(at));
    expect(held()).toEqual([named(2), named(3)]);
  });

  it('are kept for nobody when it is not known whose they are, and go with their owner', async () => {
    const pictures = newPictures();
    await show(pictures, named(1));
    await personal.forget();
    await show(pictures, named(2));
    expect(caches.dump()).toEqual({});
    await (await personal.belongTo('boris')).cache();
    await show(pictures, named(3));
    expect(held()).toEqual([named(3)]);
  });
});

describe('the shell', () => {
  const shellOf = (build: string, server: typeof fetch) =>
    new Shell(caches, server, build, [`${ORIGIN}/`, `${ORIGIN}/assets/a.js`]);

  it('starts without asking anybody, and keeps the version before for tabs that are still open', async () => {
    caches.site = (address) => new Response(`first ${new URL(address).pathname}`);
    await shellOf('1', vi.fn()).install();
    caches.site = (address) => new Response(`second ${new URL(address).pathname}`);
    const nobody = vi.fn<typeof fetch>().mockRejectedValue(new TypeError('no network'));
    for (const build of ['2', '3']) {
      await shellOf(build, nobody).install();
      await shellOf(build, nobody).tidy();
    }
    expect(Object.keys(caches.dump())).toEqual(['gallery-shell-2', 'gallery-shell-3']);
    const shell = shellOf('3', nobody);
    expect(await (await shell.page(new Request(`${ORIGIN}/s/1?photo=2`))).text()).toBe('second /');
    expect(await (await shell.file(new Request(`${ORIGIN}/assets/a.js`), later.add)).text()).toBe(
      'second /assets/a.js',
    );
  });

  it('does not take over with a file missing', async () => {
    caches.site = (address) => new Response('', { status: address.endsWith('a.js') ? 404 : 200 });
    await expect(shellOf('1', vi.fn()).install()).rejects.toThrow();
  });
});
