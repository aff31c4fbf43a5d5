import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Tokens } from './types';

const USER = { id: 'u', name: 'Анна', locale: 'ru' } as Tokens['user'];

function tokens(token: string, extra: Partial<Tokens> = {}): Tokens {
  return { access_token: token, expires_in: 600, user: USER, refresh_token: null, ...extra };
}

function json(body: unknown, status = 200): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: { 'Content-Type': 'application/problem+json' },
  });
}

const REVOKED = { code: 'session-revoked', title: 'Сеанс завершён.', type: '/problems/session-revoked' };

/** Answers each request by its path; remembers what was asked. */
function serve(answers: Record<string, (request: Request) => Response | Promise<Response>>) {
  const asked: Request[] = [];
  vi.stubGlobal('fetch', async (input: RequestInfo | URL, init?: RequestInit) => {
    const request =
      input instanceof Request ? input : new Request(new URL(String(input), location.origin), init);
    asked.push(request);
    const answer = answers[new URL(request.url).pathname];
    if (!answer) throw new TypeError('fetch failed');
    return answer(request);
  });
  return asked;
}

/** The modules hold the page's session, so each test gets a fresh page. */
async function freshPage() {
  vi.resetModules();
  const session = await import('./session');
  const { authorizedFetch } = await import('./authorized');
  const { api, call } = await import('./client');
  return { session, authorizedFetch, api, call };
}

beforeEach(() => sessionStorage.clear());

describe('a session', () => {
  it('is resumed from the cookie', async () => {
    const { session } = await freshPage();
    const asked = serve({ '/api/auth/refresh': () => json(tokens('a')) });
    expect(await session.resumeSession()).toEqual({ status: 'signed-in', user: USER });
    expect(await session.accessToken()).toBe('a');
    expect(asked).toHaveLength(1);
    expect(asked[0]?.headers.get('Accept-Language')).toBe('ru');
  });

  it('is absent without a cookie, and that is no error', async () => {
    const { session } = await freshPage();
    serve({ '/api/auth/refresh': () => json({ code: 'unauthorized', title: 'Войдите.' }, 401) });
    expect(await session.resumeSession()).toEqual({ status: 'signed-out', why: 'absent' });
  });

  it('stays unknown while nobody answers', async () => {
    const { session } = await freshPage();
    serve({});
    await expect(session.resumeSession()).rejects.toMatchObject({ name: 'Offline' });
    expect(session.sessionState()).toEqual({ status: 'unknown' });
  });

  it('is not given up because the server is busy', async () => {
    const { session } = await freshPage();
    session.beginSession(tokens('a', { expires_in: 0 }));
    serve({ '/api/auth/refresh': () => json({ code: 'unavailable', title: 'Занято.' }, 503) });
    await vi.waitFor(async () => {
      await expect(session.accessToken()).rejects.toMatchObject({ status: 503 });
    }, 3000);
    expect(session.sessionState().status).toBe('signed-in');
  });

  it('asks for one new token however many need it', async () => {
    const { session } = await freshPage();
    let count = 0;
    serve({
      '/api/auth/refresh': async () => {
        count += 1;
        await new Promise((resolve) => setTimeout(resolve, 20));
        return json(tokens(`t${count}`));
      },
    });
    const found = await Promise.all([1, 2, 3].map(() => session.accessToken()));
    expect(found).toEqual(['t1', 't1', 't1']);
  });

  it('keeps a refresh token that came in the body, and hands it back', async () => {
    const { session } = await freshPage();
    session.beginSession(tokens('a', { refresh_token: 'secret', expires_in: 600 }));
    session.discardToken('a');
    const asked = serve({ '/api/auth/refresh': () => json(tokens('b', { refresh_token: 'next' })) });
    expect(await session.accessToken()).toBe('b');
    expect(await asked[0]?.json()).toEqual({ refresh_token: 'secret' });
    expect(sessionStorage.getItem('gallery.refresh')).toBe('next');
  });

  it.each([
    ['that was ended while the gallery was closed', 'resumeSession', '/api/auth/refresh', 401],
    ['that its person ends', 'endSession', '/api/auth/logout', 204],
  ] as const)('%s takes along what this device keeps', async (_, end, path, status) => {
    const { session } = await freshPage();
    const postMessage = vi.fn();
    const serviceWorker = { getRegistration: async () => ({ active: { postMessage } }) };
    vi.stubGlobal('navigator', { ...navigator, serviceWorker });
    serve({ [path]: () => (status === 204 ? new Response(null, { status }) : json(REVOKED, status)) });
    await session[end]();
    await vi.waitFor(() => expect(postMessage).toHaveBeenCalledWith('forget'));
  });

  it('that is given up in one tab ends in the others, and nobody else’s does', async () => {
    const other = new BroadcastChannel('gallery.session');
    const { session } = await freshPage();
    session.beginSession(tokens('a'));
    other.postMessage('somebody else');
    const heard = new Promise((resolve) => other.addEventListener('message', resolve, { once: true }));
    session.abandonSession();
    expect(await heard).toMatchObject({ data: USER.id });
    session.beginSession(tokens('b'));
    other.postMessage(USER.id);
    await vi.waitFor(() => expect(session.sessionState()).toEqual({ status: 'signed-out', why: 'left' }));
    other.close();
  });

  it('is forgotten after signing out', async () => {
    const { session } = await freshPage();
    session.beginSession(tokens('a', { refresh_token: 'secret' }));
    const asked = serve({ '/api/auth/logout': () => new Response(null, { status: 204 }) });
    await session.endSession();
    expect(asked[0]?.headers.get('Authorization')).toBe('Bearer a');
    expect(session.sessionState()).toEqual({ status: 'signed-out', why: 'left' });
    expect(sessionStorage.length).toBe(0);
  });
});

describe('a request', () => {
  it('is tried once more with a new token after a 401', async () => {
    const { session, authorizedFetch } = await freshPage();
    session.beginSession(tokens('old'));
    const asked = serve({
      '/api/me': (request) =>
        request.headers.get('Authorization') === 'Bearer new' ? json(USER) : json(REVOKED, 401),
      '/api/auth/refresh': () => json(tokens('new')),
    });
    const response = await authorizedFetch('/api/me', { method: 'PATCH', body: '{"name":"Б"}' });
    expect(await response.json()).toEqual(USER);
    expect(await asked.at(-1)?.text()).toBe('{"name":"Б"}');
    expect(asked.map((request) => new URL(request.url).pathname)).toEqual([
      '/api/me',
      '/api/auth/refresh',
      '/api/me',
    ]);
  });

  it('is not repeated as somebody else who has signed in in another tab', async () => {
    const { session, authorizedFetch } = await freshPage();
    session.beginSession(tokens('old'));
    const other = { id: 'o', name: 'Вера', locale: 'ru' } as Tokens['user'];
    const asked = serve({
      '/api/me': () => json(REVOKED, 401),
      '/api/auth/refresh': () => json(tokens('theirs', { user: other })),
    });
    const answers = await Promise.allSettled(
      [1, 2].map(() => authorizedFetch('/api/me', { method: 'PATCH' })),
    );
    for (const answer of answers) expect(answer).toMatchObject({ reason: { status: 401 } });
    expect(session.sessionState()).toEqual({ status: 'signed-in', user: other });
    expect(asked.filter(({ headers }) => headers.get('Authorization') === 'Bearer theirs')).toEqual([]);
  });

  it('ends the session when the refresh token is refused too', async () => {
    const { session, api, call } = await freshPage();
    session.beginSession(tokens('old'));
    serve({ '/api/me': () => json(REVOKED, 401), '/api/auth/refresh': () => json(REVOKED, 401) });
    await expect(call(api.GET('/api/me'))).rejects.toMatchObject({ code: 'session-revoked', status: 401 });
    expect(session.sessionState()).toEqual({ status: 'signed-out', why: 'ended', user: USER });
    await expect(call(api.GET('/api/me'))).rejects.toMatchObject({ status: 401 });
    expect(session.sessionState(), 'still theirs').toMatchObject({ why: 'ended' });
    session.beginSession(tokens('new'));
    expect(session.sessionState()).toEqual({ status: 'signed-in', user: USER });
  });

  it('for signing in carries no token and asks for none', async () => {
    const { api, call } = await freshPage();
    const asked = serve({
      '/api/auth/password': () => json({ code: 'wrong-password', title: 'Неверно.' }, 401),
    });
    const body = { login: 'a', password: 'b' };
    await expect(call(api.POST('/api/auth/password', { body }))).rejects.toMatchObject({
      code: 'wrong-password',
    });
    expect(asked).toHaveLength(1);
    expect(asked[0]?.headers.has('Authorization')).toBe(false);
  });

  it('that nobody answers is Offline, and an aborted one is not', async () => {
    const { session, authorizedFetch } = await freshPage();
    session.beginSession(tokens('a'));
    serve({});
    await expect(authorizedFetch('/api/me')).rejects.toMatchObject({ name: 'Offline' });
    const { isReachable } = await import('./reach');
    expect(isReachable()).toBe(false);
    await expect(authorizedFetch('/api/me', { signal: AbortSignal.abort() })).rejects.not.toMatchObject({
      name: 'Offline',
    });
  });
});

describe('when nobody answers', () => {
  /** A service worker that has kept these answers. */
  function keep(kept: Record<string, unknown>, others: Parameters<typeof serve>[0] = {}): void {
    vi.stubGlobal('navigator', { ...navigator, serviceWorker: { controller: {} } });
    const asked = Object.entries(kept).map(([path, body]) => [
      path,
      (request: Request) => {
        if (request.headers.get('Gallery-Kept') !== 'only') throw new TypeError('no network');
        return Response.json(body, { headers: { 'Gallery-Kept': 'today' } });
      },
    ]);
    serve({ ...Object.fromEntries(asked), ...others });
  }

  it('the person of the photos on this device may look at them', async () => {
    const { session, authorizedFetch, api, call } = await freshPage();
    keep({ '/api/me': USER, '/api/spaces': { items: [] } });
    expect(await session.resumeSession()).toEqual({ status: 'signed-in', user: USER });
    expect(await (await authorizedFetch('/api/spaces')).json()).toEqual({ items: [] });
    const { isReachable } = await import('./reach');
    expect(isReachable()).toBe(false);
    await expect(call(api.PATCH('/api/me', { body: { name: 'x' } }))).rejects.toMatchObject({
      name: 'Offline',
    });
    await expect(session.accessToken()).rejects.toMatchObject({ name: 'Offline' });
  });

  it('or the network is mute, they need not wait for it; a refusal that comes then ends it', async () => {
    vi.useFakeTimers();
    const { session, authorizedFetch } = await freshPage();
    let answer: (response: Response) => void = () => undefined;
    const refresh = () => new Promise<Response>((resolve) => (answer = resolve));
    keep({ '/api/me': USER, '/api/spaces': { items: [] } }, { '/api/auth/refresh': refresh });
    const resumed = session.resumeSession();
    await vi.advanceTimersByTimeAsync(3_900);
    expect(session.sessionState()).toEqual({ status: 'unknown' });
    await vi.advanceTimersByTimeAsync(200);
    expect(await resumed).toEqual({ status: 'signed-in', user: USER });
    const spaces = authorizedFetch('/api/spaces');
    await vi.advanceTimersByTimeAsync(1);
    expect(await (await spaces).json()).toEqual({ items: [] });
    answer(json(REVOKED, 401));
    await vi.advanceTimersByTimeAsync(1);
    expect(session.sessionState()).toMatchObject({ status: 'signed-out', why: 'ended' });
    vi.useRealTimers();
  });

  it('and nothing is kept, nobody knows who is there', async () => {
    const { session } = await freshPage();
    keep({});
    await expect(session.resumeSession()).rejects.toMatchObject({ name: 'Offline' });
    expect(session.sessionState()).toEqual({ status: 'unknown' });
  });

  it('an answer that says no more than that it came is not taken for a kept one', async () => {
    const { session } = await freshPage();
    vi.stubGlobal('navigator', { ...navigator, serviceWorker: { controller: {} } });
    serve({ '/api/me': () => json(REVOKED, 401) });
    await expect(session.resumeSession()).rejects.toMatchObject({ name: 'Offline' });
  });
});
