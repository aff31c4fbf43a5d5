/**
 * The gallery as a mini-app of the MAX messenger.
 *
 * MAX opens the page with its launch data in the fragment (#WebAppData=…&WebAppPlatform=…). The data is read
 * here, without waiting for MAX's own script, and the fragment leaves the address bar. The script keeps a
 * copy in sessionStorage under the same name, and so do we: after a reload the data is still there, and old;
 * the server decides how old is too old.
 */
import { fragmentValue } from '@/shared/lib/fragment';

const KEY = 'WebAppData';
const BRIDGE = 'https://st.max.ru/js/max-web-app.js';

interface Bridge {
  initData?: string | null;
  ready?: () => void;
}

declare global {
  interface Window {
    WebApp?: Bridge;
  }
}

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
  if (insideMax()) void loadBridge();
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

/** MAX's script. Without it (an ad blocker, no network) the gallery works, only the host's extras are missing. */
function loadBridge(): Promise<void> {
  return new Promise((resolve) => {
    const script = document.createElement('script');
    script.src = BRIDGE;
    script.async = true;
    script.onload = () => {
      window.WebApp?.ready?.();
      resolve();
    };
    script.onerror = () => resolve();
    document.head.append(script);
  });
}
