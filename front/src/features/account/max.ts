/**
 * Who opened the gallery as a mini-app of the MAX messenger. What MAX can do for the page is in shared/max.
 *
 * MAX opens the page with its launch data in the fragment (#WebAppData=…&WebAppPlatform=…). The data is read
 * here, without waiting for MAX's own script, and the fragment leaves the address bar. The script keeps a
 * copy in sessionStorage under the same name, and so do we: after a reload the data is still there, and old;
 * the server decides how old is too old.
 */
import { isLanguage, type Language } from '@/shared/i18n';
import { fragmentValue } from '@/shared/lib/fragment';
import { startBridge } from '@/shared/max/bridge';

const KEY = 'WebAppData';

let launched = false;
let refused = false;

/** Reads the launch data and starts the bridge. Call once, before the router looks at the address. */
export function startMax(): void {
  const fresh = fragmentValue(location.hash, KEY);
  if (fresh) {
    launched = true;
    sessionStorage.setItem(KEY, fresh);
    history.replaceState(history.state, '', location.pathname + location.search);
  }
  if (insideMax()) startBridge();
}

/** Whether MAX opened this page. */
export function insideMax(): boolean {
  return Boolean(sessionStorage.getItem(KEY) || window.WebApp?.initData);
}

/** Whether MAX opened the page just now, so that the person of the launch counts and not an older sign-in. */
export function freshlyLaunched(): boolean {
  return launched && !refused;
}

/** What to show the server, or null outside MAX and after it was refused. */
export function launchData(): string | null {
  if (refused) return null;
  return sessionStorage.getItem(KEY) ?? window.WebApp?.initData ?? null;
}

/** The sign-in with the launch data has ended, well or badly; it is not repeated on this page. */
export function settleLaunch(outcome: 'accepted' | 'refused'): void {
  launched = false;
  refused = outcome === 'refused';
}

/** The language that the person has chosen in MAX, when it is one of ours. Good for texts; the signature is not checked. */
export function launchLanguage(): Language | null {
  try {
    const user: unknown = JSON.parse(new URLSearchParams(launchData() ?? '').get('user') ?? '{}');
    const { language_code: code } = user as { language_code?: unknown };
    const language = String(code ?? '')
      .slice(0, 2)
      .toLowerCase();
    return isLanguage(language) ? language : null;
  } catch {
    return null;
  }
}
