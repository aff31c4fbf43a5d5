import { useSyncExternalStore } from 'react';

/**
 * A small choice kept on this device (localStorage), the same in every component and tab. Storage that a
 * browser forbids is treated as empty: the choice then lasts until the page is left.
 */
export function stored<T extends string>(key: string, isValid: (value: string) => value is T) {
  const listeners = new Set<() => void>();
  let value = read();

  function read(): T | null {
    try {
      const found = localStorage.getItem(key);
      return found !== null && isValid(found) ? found : null;
    } catch {
      return null;
    }
  }

  function publish(next: T | null): void {
    value = next;
    for (const listener of listeners) listener();
  }

  globalThis.addEventListener?.('storage', (event) => {
    if (event.key === key || event.key === null) publish(read());
  });

  return {
    get: () => value,
    set(next: T | null): void {
      try {
        if (next === null) localStorage.removeItem(key);
        else localStorage.setItem(key, next);
      } catch {
        // Private windows may forbid storage; the choice still holds on this page.
      }
      publish(next);
    },
    subscribe(listener: () => void): () => void {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

export type Stored<T extends string> = ReturnType<typeof stored<T>>;

export function useStored<T extends string>(store: Stored<T>): T | null {
  return useSyncExternalStore(store.subscribe, store.get);
}
