/** Whether this page can have a service worker: insecure pages and old web views cannot. */
export function canServe(): boolean {
  return globalThis.navigator !== undefined && 'serviceWorker' in navigator;
}
