/**
 * Secrets that arrive in the address after "#", where no server and no log sees them. They are taken out of
 * the address bar at once and kept for this tab, so that a reload does not lose them.
 */

/**
 * The secret `name` of the current address ("/join#token=…" has "token"), or the one kept for `page`.
 * Removes it from the address bar.
 */
export function takeFragment(page: string, name: string): string | null {
  const key = `gallery.fragment.${page}`;
  const found = fragmentValue(location.hash, name);
  if (found === null) return sessionStorage.getItem(key);
  history.replaceState(history.state, '', location.pathname + location.search);
  sessionStorage.setItem(key, found);
  return found;
}

/** Forgets a secret that has served its purpose. */
export function dropFragment(page: string): void {
  sessionStorage.removeItem(`gallery.fragment.${page}`);
}

/**
 * The value of one key in a fragment, percent-decoded once. "+" stays "+": fragments are not form data.
 * A key that occurs twice is refused (null), as is broken percent-encoding.
 */
export function fragmentValue(fragment: string, name: string): string | null {
  const values = fragment
    .replace(/^#/, '')
    .split('&')
    .filter((part) => part.startsWith(`${name}=`))
    .map((part) => part.slice(name.length + 1));
  if (values.length !== 1) return null;
  try {
    return decodeURIComponent(values[0] ?? '') || null;
  } catch {
    return null;
  }
}
