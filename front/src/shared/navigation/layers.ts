/** What lies above the page and closes before one goes back: dialogs, a selection. The last one opened closes first. */
import { useEffect, useEffectEvent, useSyncExternalStore } from 'react';

interface Layer {
  readonly close: () => void;
}

let layers: readonly Layer[] = [];
const listeners = new Set<() => void>();

function change(next: readonly Layer[]): void {
  layers = next;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** While `open`, going back calls `close` and nothing else. */
export function useLayer(open: boolean, close: () => void): void {
  const onClose = useEffectEvent(close);
  useEffect(() => {
    if (!open) return undefined;
    const layer = { close: () => onClose() };
    change([...layers, layer]);
    return () => change(layers.filter((each) => each !== layer));
  }, [open]);
}

/** Whether something lies above the page. */
export function useHasLayers(): boolean {
  return useSyncExternalStore(subscribe, () => layers.length > 0);
}

/** Closes what was opened last; false when there was nothing. */
export function closeTopLayer(): boolean {
  const top = layers.at(-1);
  top?.close();
  return top !== undefined;
}
