/** Whether this page does something that closing or reloading it would interrupt. */
import { useSyncExternalStore } from 'react';

const listeners = new Set<() => void>();
let busy = false;

export function setBusy(now: boolean): void {
  if (now === busy) return;
  busy = now;
  for (const listener of listeners) listener();
}

export function isBusy(): boolean {
  return busy;
}

export function subscribeToBusy(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useBusy(): boolean {
  return useSyncExternalStore(subscribeToBusy, isBusy);
}
