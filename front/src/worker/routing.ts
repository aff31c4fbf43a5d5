/**
 * Which requests the service worker answers, and how. Everything that is not named here goes to the network as if there
 * were no service worker: uploads, events, originals, films with their ranges, and every answer that is not needed to look
 * at recent photos without a network.
 */
export type Way =
  /** A page of the application: the shell, whatever the address says. */
  | 'page'
  /** A file of the application; its name changes with its contents. */
  | 'file'
  /** A thumb or a preview. */
  | 'picture'
  /** An answer of the API that is kept for reading without a network. */
  | 'answer'
  /** Files that another application hands over. */
  | 'share'
  | 'network';

/** What is looked at of a request. */
export interface Asked {
  readonly method: string;
  readonly url: string;
  readonly mode: string;
  readonly headers: { has(name: string): boolean };
}

export const SHARE_PATH = '/share';
const ANSWERS = /^\/api\/(me|spaces|timeline|timeline\/window)$/;
const PICTURE = /^\/media\/[0-9a-f-]{36}\/(thumb|preview)-\d+$/;
const PAGE = /^(\/[A-Za-z0-9_-]+)*\/?$/;
/** Addresses of the server's own, which a person may open as pages ("/api/docs"). */
const SERVERS = /^\/(api|media|health|metrics)(\/|$)/;
const FILE = /^\/(assets\/[\w.-]+|icon\.svg|icon-[\w-]+\.png|manifest(\.[a-z]{2})?\.webmanifest)$/;

export function wayOf(request: Asked, origin: string): Way {
  const url = new URL(request.url);
  if (url.origin !== origin) return 'network';
  const { pathname } = url;
  if (request.method === 'POST') {
    return request.mode === 'navigate' && pathname === SHARE_PATH ? 'share' : 'network';
  }
  if (request.method !== 'GET' || request.headers.has('Range')) return 'network';
  if (ANSWERS.test(pathname)) return 'answer';
  if (PICTURE.test(pathname)) return 'picture';
  if (FILE.test(pathname)) return 'file';
  const isPage = request.mode === 'navigate' && PAGE.test(pathname) && !SERVERS.test(pathname);
  return isPage ? 'page' : 'network';
}

/** One picture, one key: its address without the signature, which changes every hour and says nothing about the bytes. */
export function pictureKey(address: string): string {
  const { origin, pathname } = new URL(address);
  return origin + pathname;
}

export function kindOfPicture(address: string): 'thumb' | 'preview' {
  return PICTURE.exec(new URL(address).pathname)?.[1] === 'preview' ? 'preview' : 'thumb';
}
