/**
 * Who is signed in on this page, and the token that says so.
 *
 * The access token lives in memory only and for minutes. A new one is bought with the refresh token, which
 * sits in an HttpOnly cookie that scripts cannot read. Inside MAX the page may run in a foreign frame where
 * cookies are not kept; there the refresh token comes in the body and lives in sessionStorage, which ends
 * with the tab.
 */
import { forgetKept, keptAnswer, orKept } from './kept';
import { Offline, Problem, problemFrom } from './problem';
import { reach } from './reach';
import type { Tokens, User } from './types';

export type SessionState =
  | { status: 'unknown' }
  | { status: 'signed-in'; user: User }
  /** Nobody came, or the person left. */
  | { status: 'signed-out'; why: 'absent' | 'left' }
  /** The session ended without being asked to: what its person was doing is not over. */
  | { status: 'signed-out'; why: 'ended'; user: User };

interface Access {
  token: string;
  /** performance.now() in ms after which a new token is fetched instead of using this one. */
  staleAt: number;
}

const REFRESH_KEY = 'gallery.refresh';
const LOCK = 'gallery.session';
/** Renew this long before the end, so that a request under way does not outlive its token. */
const MARGIN_MS = 30_000;
/** After this long without an answer, what this device has kept may answer meanwhile. */
const PATIENCE_MS = 4_000;

let state: SessionState = { status: 'unknown' };
let access: Access | null = null;
let refreshing: Promise<User> | null = null;
/** When that began, by performance.now(). */
let refreshingSince = 0;
let language = 'ru';
const listeners = new Set<() => void>();
const tabs = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel(LOCK);

tabs?.addEventListener('message', (event: MessageEvent<unknown>) => {
  if (event.data === personOf(state)?.id) forget('left');
});

/** Whose page this is: who is signed in, or was until the session ended by itself. */
export function personOf(now: SessionState): User | null {
  return 'user' in now ? now.user : null;
}

function change(next: SessionState): void {
  state = next;
  for (const listener of listeners) listener();
}

/**
 * Forgets the tokens, and what this device keeps for looking at without a network: whoever ended the session from afar may
 * have lost it. A session that ends by itself leaves its person's name at the door.
 */
function forget(why: 'left' | 'ended'): void {
  const user = personOf(state);
  access = null;
  void forgetKept().catch(() => undefined);
  sessionStorage.removeItem(REFRESH_KEY);
  if (why === 'left') change({ status: 'signed-out', why });
  else change(user ? { status: 'signed-out', why, user } : { status: 'signed-out', why: 'absent' });
}

/** Gives up a session that has ended already, with everything that waits for its person to come back. */
export function abandonSession(): void {
  leave();
}

/** Leaves this page, and all others of the same person. */
function leave(): void {
  tabs?.postMessage(personOf(state)?.id);
  forget('left');
}

/** The state now; the same object until it changes, as useSyncExternalStore wants it. */
export function sessionState(): SessionState {
  return state;
}

export function subscribeToSession(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The language in which the server is asked to speak; set by the interface. */
export function speak(next: string): void {
  language = next;
}

export function spokenLanguage(): string {
  return language;
}

/** Begins with the tokens of any way to sign in. */
export function beginSession(tokens: Tokens): User {
  access = {
    token: tokens.access_token,
    staleAt: performance.now() + Math.max(1000, tokens.expires_in * 1000 - MARGIN_MS),
  };
  if (tokens.refresh_token) sessionStorage.setItem(REFRESH_KEY, tokens.refresh_token);
  change({ status: 'signed-in', user: tokens.user });
  return tokens.user;
}

/** Shows a changed profile everywhere. */
export function replaceUser(user: User): void {
  if (state.status === 'signed-in') change({ status: 'signed-in', user });
}

/**
 * Finds out who is signed in, from the cookie of an earlier visit. When nobody answers, or not for seconds, it is whoever this
 * device keeps photos for: they may look, and everything else waits for the server.
 * @throws {Offline} nobody answered and nothing is kept; the state stays unknown.
 */
export async function resumeSession(): Promise<SessionState> {
  if (state.status === 'unknown') {
    const me = new Request(new URL('/api/me', location.origin));
    try {
      const found = await orKept(refresh(), me, patience());
      if (found instanceof Response) await resumeKept(found);
    } catch (error) {
      const kept = error instanceof Offline ? await keptAnswer(me) : null;
      if (kept) await resumeKept(kept);
      else if (!(error instanceof Problem && error.status === 401)) throw error;
    }
  }
  return state;
}

async function resumeKept(kept: Response): Promise<void> {
  const user = (await kept.json()) as User;
  if (state.status === 'unknown') change({ status: 'signed-in', user });
}

/** How long the token that is being asked for may still be waited for, in ms. */
export function patience(): number {
  return Math.max(0, refreshingSince + PATIENCE_MS - performance.now());
}

/** Leaves on this device; the server forgets the refresh token. */
export async function endSession(): Promise<void> {
  const token = access?.token;
  const headers = new Headers({ 'Accept-Language': language });
  if (token) headers.set('Authorization', `Bearer ${token}`);
  const response = await send('/api/auth/logout', { method: 'POST', headers });
  if (!response.ok && response.status !== 401) throw await problemFrom(response);
  leave();
}

/**
 * A token that is good for at least half a minute; for clients that set their own headers (tus). The cookie that buys it is
 * shared by all tabs, so that another person may have signed in by now: nobody does as them what `whose` page began.
 * @throws {Problem} 401 when nobody is signed in any more, or somebody else. @throws {Offline}
 */
export async function accessToken(whose: User | null = null): Promise<string> {
  if (!access || performance.now() >= access.staleAt) await refresh();
  if (!access || (whose && whose.id !== personOf(state)?.id)) {
    throw new Problem(401, 'unauthorized', '', {}, null);
  }
  return access.token;
}

/** Gives up a token that the server refused, so that the next request asks for another. */
export function discardToken(token: string): void {
  if (access?.token === token) access.staleAt = 0;
}

/** One refresh at a time on this page, and one at a time among the tabs that share the cookie. */
function refresh(): Promise<User> {
  if (!refreshing) {
    refreshingSince = performance.now();
    refreshing = exclusively(exchange).finally(() => {
      refreshing = null;
    });
  }
  return refreshing;
}

function exclusively<T>(work: () => Promise<T>): Promise<T> {
  return navigator.locks ? navigator.locks.request(LOCK, work) : work();
}

async function exchange(): Promise<User> {
  const kept = sessionStorage.getItem(REFRESH_KEY);
  const response = await send('/api/auth/refresh', {
    method: 'POST',
    headers: { 'Accept-Language': language, ...(kept ? { 'Content-Type': 'application/json' } : {}) },
    ...(kept ? { body: JSON.stringify({ refresh_token: kept }) } : {}),
  });
  if (response.ok) return beginSession((await response.json()) as Tokens);
  const problem = await problemFrom(response);
  if (problem.status === 401) forget('ended');
  throw problem;
}

async function send(path: string, init: RequestInit): Promise<Response> {
  return reach(() => fetch(path, { credentials: 'same-origin', ...init }));
}
