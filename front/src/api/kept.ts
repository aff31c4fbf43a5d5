/** Answers that the service worker has kept on this device (src/worker/answers.ts), for when nobody else answers. */

/**
 * The header of such an answer; its value is when it was kept. In a request it asks for such an answer and no other. (The
 * cache mode "only-if-cached" means just that, and Chromium 156 crashes on it behind a service worker.)
 */
export const MARK = 'Gallery-Kept';

export function isKept(response: Response): boolean {
  return response.headers.has(MARK);
}

/** The answer that is awaited, or, where it does not come within so many milliseconds, what was kept of the question. */
export function orKept<T>(answer: Promise<T>, question: Request, patience: number): Promise<T | Response> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => void keptAnswer(question).then((kept) => kept && resolve(kept)), patience);
    void answer.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

/** Drops every photo and answer that is kept on this device. */
export async function forgetKept(): Promise<void> {
  const registration = await globalThis.navigator?.serviceWorker?.getRegistration();
  registration?.active?.postMessage('forget');
}

/** What was kept of the answer to a question, without asking anybody; null when that is nothing. */
export async function keptAnswer({ method, url, signal }: Request): Promise<Response | null> {
  if (method !== 'GET' || !globalThis.navigator?.serviceWorker?.controller) return null;
  try {
    const response = await fetch(url, { headers: { [MARK]: 'only' }, signal });
    return isKept(response) ? response : null;
  } catch {
    return null;
  }
}
