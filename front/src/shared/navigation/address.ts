/**
 * Where one is: the address as a store, and the ways to change it. What a person would want to send to a
 * friend lives here and nowhere else.
 *
 * See docs/decisions for why this is not a library.
 */
import { useSyncExternalStore } from 'react';
import { safeReturn } from '@/shared/lib/safeReturn';

/** The search parameters of all pages. Values that do not belong there are dropped when an address is read. */
export interface Search {
  /** The asset that is open in the viewer. */
  photo?: string;
  /** After signing in: the path of this site to return to. */
  return?: string;
}

export interface Address {
  pathname: string;
  search: Search;
}

/** The pages, with "$name" where an address holds a value. */
export type Path =
  | '/'
  | '/sign-in'
  | '/setup'
  | '/join'
  | '/settings'
  | '/operator'
  | '/share'
  | '/favourites'
  | '/s/$spaceId'
  | '/s/$spaceId/favourites'
  | '/s/$spaceId/archive'
  | '/s/$spaceId/trash'
  | '/s/$spaceId/members';

/** A page to go to; "." is the one that is open. */
export type Destination = (
  | { to: '.' }
  | { to: Extract<Path, `/s/${string}`>; params: { spaceId: string } }
  | { to: Exclude<Path, `/s/${string}`> }
) & { search?: Search };

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

const listeners = new Set<() => void>();
let current = read();
/** `history.back()` has been asked for and has not happened yet: whoever asks twice means once. */
let isGoingBack = false;

globalThis.addEventListener?.('popstate', () => {
  isGoingBack = false;
  publish();
});

function publish(): void {
  current = read();
  for (const listener of listeners) listener();
}

function read(): Address {
  return { pathname: normal(location.pathname), search: readSearch(location.search) };
}

export function readSearch(text: string): Search {
  const values = new URLSearchParams(text);
  const photo = values.get('photo');
  const path = safeReturn(values.get('return'));
  return { ...(photo && UUID.test(photo) ? { photo } : {}), ...(path ? { return: path } : {}) };
}

function normal(pathname: string): string {
  return pathname.replace(/\/+$/, '') || '/';
}

/** The address as a link would have it. */
export function hrefOf(destination: Destination): string {
  const { to, params } = destination as { to: string; params?: { spaceId: string } };
  const path =
    to === '.' ? current.pathname : to.replace('$spaceId', encodeURIComponent(params?.spaceId ?? ''));
  const search = new URLSearchParams(Object.entries(destination.search ?? {})).toString();
  return search ? `${path}?${search}` : path;
}

/** Goes to a page of this site. The page that is open already is not put into the history twice. */
export function navigate(destination: Destination & { replace?: boolean }): void {
  goTo(hrefOf(destination), destination.replace);
}

/** The same for a path that came from an address ("/s/…?photo=…"). */
export function goTo(path: string, replace = false): void {
  const same = path === location.pathname + location.search;
  if (replace || same) history.replaceState(history.state, '', path);
  else history.pushState({ before: location.pathname + location.search } satisfies Entry, '', path);
  publish();
}

/** What each entry of the browser's history keeps, also through a reload. */
interface Entry {
  /** The page that it was opened from. */
  before?: string;
}

/** The page of ours that lies behind this one in the history; undefined when this one was opened by itself. */
function before(): string | undefined {
  return (history.state as Entry | null)?.before;
}

function back(): void {
  if (isGoingBack) return;
  isGoingBack = true;
  history.back();
}

/** Back, as the browser's button does; from an address that was opened by itself, one step towards the front door. */
export function goBack(): void {
  if (before() !== undefined) back();
  else if (current.search.photo) goTo(current.pathname, true);
  else goTo('/', true);
}

/**
 * Leaves the page for one that lies under it: back in the history when that is where one came from, else in its place.
 * So no page is in the history twice, and a page that was opened by its address alone does not lead out of the site.
 */
export function goUnder(destination: Destination): void {
  const path = hrefOf(destination);
  if (before() === path) back();
  else goTo(path, true);
}

/** The path with its search, to return to later. */
export function hereAsPath(): string {
  return location.pathname + location.search;
}

export function useAddress(): Address {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => current,
  );
}

/** The values that `pattern` finds in a pathname, or null when it is another page. */
export function matchPath(pattern: Path, pathname: string): { spaceId?: string } | null {
  const [before = '', after] = pattern.split('$spaceId');
  if (after === undefined) return pattern === pathname ? {} : null;
  if (!pathname.startsWith(before) || !pathname.endsWith(after)) return null;
  const spaceId = pathname.slice(before.length, pathname.length - after.length);
  return UUID.test(spaceId) ? { spaceId } : null;
}
