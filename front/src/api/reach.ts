/** Whether the server answers, as the latest request found out. */
import { isKept } from './kept';
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
 * Runs one fetch and remembers whether the server answered; an answer that was kept on this device says that it did not.
 * @throws {Offline} when nobody did. An abort is thrown as it is: it says nothing about the server.
 */
export async function reach(work: () => Promise<Response>, signal?: AbortSignal): Promise<Response> {
  try {
    const response = await work();
    found(!isKept(response));
    return response;
  } catch (error) {
    if (signal?.aborted) throw error;
    found(false);
    throw new Offline(error);
  }
}
