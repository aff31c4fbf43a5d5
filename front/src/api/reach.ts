/** Whether the server answers, as the latest request found out. */
import { Offline } from './problem';

let reachable = true;
const listeners = new Set<() => void>();

function found(now: boolean): void {
  if (now === reachable) return;
  reachable = now;
  for (const listener of listeners) listener();
}

export function isReachable(): boolean {
  return reachable;
}

export function subscribeToReach(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/**
 * Runs one fetch and remembers whether somebody answered.
 * @throws {Offline} when nobody did. An abort is thrown as it is: it says nothing about the server.
 */
export async function reach(work: () => Promise<Response>, signal?: AbortSignal): Promise<Response> {
  try {
    const response = await work();
    found(true);
    return response;
  } catch (error) {
    if (signal?.aborted) throw error;
    found(false);
    throw new Offline(error);
  }
}
