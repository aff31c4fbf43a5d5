/** The page's side of the service worker (src/worker): its registration, and versions that wait for a reload. */
/** A page that stays open for days asks for a new version at most this often. */
const CHECK_EVERY = 30 * 60_000;

const listeners = new Set<() => void>();
let updateReady = false;
let registration: ServiceWorkerRegistration | null = null;
let reloading = false;
let checkedAt = 0;

/** Starts it, or finds the one that is there; calls `onFirst` when it begins to answer for a page that had none. */
export async function startServiceWorker(onFirst: () => void): Promise<void> {
  registration = await navigator.serviceWorker.register('/sw.js', { scope: '/', updateViaCache: 'none' });
  checkedAt = Date.now();
  watch(registration);
  let served = navigator.serviceWorker.controller !== null;
  navigator.serviceWorker.addEventListener('controllerchange', () => {
    const isServed = navigator.serviceWorker.controller !== null;
    if (reloading) location.reload();
    // Another tab let the new version in: this page is the old one now.
    else if (served && isServed) setUpdateReady();
    else if (isServed) onFirst();
    served = isServed;
  });
  document.addEventListener('visibilitychange', () => void check());
}

export function subscribeToUpdate(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Whether a newer version of the application waits for this page to let go of the old one. */
export function isUpdateReady(): boolean {
  return updateReady;
}

/** Reloads this page with the new version. */
export function takeUpdate(): void {
  const waiting = registration?.waiting;
  if (!waiting) {
    location.reload();
    return;
  }
  reloading = true;
  waiting.postMessage('take-over');
}

function watch(found: ServiceWorkerRegistration): void {
  if (found.waiting && navigator.serviceWorker.controller) setUpdateReady();
  found.addEventListener('updatefound', () => {
    const { installing } = found;
    installing?.addEventListener('statechange', () => {
      if (installing.state === 'installed' && navigator.serviceWorker.controller) setUpdateReady();
    });
  });
}

async function check(): Promise<void> {
  if (document.visibilityState !== 'visible' || Date.now() - checkedAt < CHECK_EVERY) return;
  checkedAt = Date.now();
  await registration?.update().catch(() => undefined);
}

function setUpdateReady(): void {
  updateReady = true;
  for (const listener of listeners) listener();
}
