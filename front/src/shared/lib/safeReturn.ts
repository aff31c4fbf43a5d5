/**
 * Where to go after signing in: a path of this site, or null. Anything that a browser could read as another
 * origin ("//host", "/\host", "https:…") is refused.
 */
export function safeReturn(wanted: unknown): string | null {
  if (typeof wanted !== 'string' || !wanted.startsWith('/')) return null;
  try {
    const url = new URL(wanted, location.origin);
    if (url.origin !== location.origin) return null;
    return url.pathname + url.search;
  } catch {
    return null;
  }
}
