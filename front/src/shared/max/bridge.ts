/**
 * MAX's bridge (`window.WebApp`), as far as the gallery uses it. Nothing outside this folder knows it, and without it (a
 * browser, a blocked script, an old version of MAX) every function here does the next best thing or nothing.
 *
 * [Note: What MAX does not tell]
 * The bridge has no theme: no colours, no scheme, no event. Inside MAX the gallery follows the device
 * (`prefers-color-scheme`) and the choice in the settings, as everywhere else. Nor has it safe areas or a file picker.
 */
const SCRIPT = 'https://st.max.ru/js/max-web-app.js';

/** The members that are used. Any of them may be missing: what is documented and what is shipped differ. */
export interface Bridge {
  initData?: string | null;
  ready?(): void;
  BackButton?: Partial<{ show(): void; hide(): void; onClick(callback: () => void): void }>;
  enableClosingConfirmation?(): void;
  disableClosingConfirmation?(): void;
  enableVerticalSwipes?(): unknown;
  disableVerticalSwipes?(): unknown;
  openLink?(url: string): unknown;
  openMaxLink?(url: string): unknown;
  downloadFile?(url: string, name: string): Promise<{ status?: string }>;
  shareMaxContent?(content: { text: string; link: string }): Promise<{ status?: string }>;
  shareContent?(content: { text: string; link: string }): Promise<{ status?: string }>;
  HapticFeedback?: Partial<{
    selectionChanged(): unknown;
    notificationOccurred(type: 'success' | 'error'): unknown;
  }>;
}

declare global {
  interface Window {
    WebApp?: Bridge;
  }
}

let started = false;
/** What MAX should know about this page; told as soon as somebody listens. */
const state = { back: false, closing: false, swipes: true };
let goBack: () => void = () => undefined;

/** Begins to use the bridge; for a page that MAX has opened. Nothing waits for the script: it may never come. */
export function startBridge(): void {
  if (started) return;
  started = true;
  document.addEventListener('click', openOutside);
  // A host that brings its bridge along is not given another one.
  if (window.WebApp) arrive();
  else load();
}

/** The bridge while MAX is there to listen. */
export function bridge(): Bridge | null {
  return started ? (window.WebApp ?? null) : null;
}

/** Calls something of the host. Whatever goes wrong there is the host's affair. */
export function tell(work: (max: Bridge) => unknown): void {
  const max = bridge();
  if (!max) return;
  try {
    const result = work(max);
    if (result instanceof Promise) result.catch(() => undefined);
  } catch {
    // See above.
  }
}

/** MAX's own back button: shown while there is somewhere to go back to. */
export function showBackButton(shown: boolean, onPress: () => void): void {
  goBack = onPress;
  if (shown === state.back) return;
  state.back = shown;
  tell(applyBack);
}

/** MAX asks before it closes the page. */
export function confirmClosing(wanted: boolean): void {
  if (wanted === state.closing) return;
  state.closing = wanted;
  tell(applyClosing);
}

/** Whether pulling down closes the mini-app; a photo on the whole screen wants the gesture for itself. */
export function allowVerticalSwipes(allowed: boolean): void {
  if (allowed === state.swipes) return;
  state.swipes = allowed;
  tell(applySwipes);
}

function applyBack({ BackButton }: Bridge): void {
  if (state.back) BackButton?.show?.();
  else BackButton?.hide?.();
}

function applyClosing(max: Bridge): void {
  if (state.closing) max.enableClosingConfirmation?.();
  else max.disableClosingConfirmation?.();
}

function applySwipes(max: Bridge): unknown {
  return state.swipes ? max.enableVerticalSwipes?.() : max.disableVerticalSwipes?.();
}

function load(): void {
  const script = document.createElement('script');
  script.src = SCRIPT;
  script.async = true;
  script.onload = arrive;
  document.head.append(script);
}

function arrive(): void {
  tell((max) => max.BackButton?.onClick?.(() => goBack()));
  if (state.back) tell(applyBack);
  if (state.closing) tell(applyClosing);
  if (!state.swipes) tell(applySwipes);
  tell((max) => max.ready?.());
}

/** Links to other sites open in the browser: the web view has no address bar and no way back from there. */
function openOutside(event: MouseEvent): void {
  const link = event.target instanceof Element ? event.target.closest('a') : null;
  if (event.defaultPrevented || !link || link.hasAttribute('download')) return;
  if (link.origin === location.origin || !/^https?:$/.test(link.protocol)) return;
  const open = bridge()?.openLink;
  if (!open) return;
  event.preventDefault();
  tell((max) => max.openLink?.(link.href));
}
