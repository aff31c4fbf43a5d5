/**
 * Sends the last wanted value of each key, one request at a time: whoever presses a key five times waits for two answers,
 * and they cannot overtake each other.
 */
export interface LastOne<V> {
  /** Whether this key has something on its way. */
  isBusy(key: string): boolean;
  /** Resolves when the last value has been sent; rejects with the first error, and then nothing more is sent. */
  send(key: string, value: V): Promise<void>;
}

export function lastOne<V>(work: (key: string, value: V) => Promise<unknown>): LastOne<V> {
  const wanted = new Map<string, V>();
  const running = new Map<string, Promise<void>>();

  async function run(key: string): Promise<void> {
    try {
      for (let value = wanted.get(key); value !== undefined; value = wanted.get(key)) {
        wanted.delete(key);
        await work(key, value);
      }
    } finally {
      wanted.delete(key);
      running.delete(key);
    }
  }

  return {
    isBusy: (key) => running.has(key),
    send(key, value) {
      wanted.set(key, value);
      const going = running.get(key) ?? run(key);
      running.set(key, going);
      return going;
    },
  };
}
