/** fetch as the person of this page, without the knowledge of what can be asked. */
import { keptAnswer, orKept } from './kept';
import { Offline, problemFrom } from './problem';
import { reach } from './reach';
import { accessToken, discardToken, patience, personOf, sessionState, spokenLanguage } from './session';

/**
 * fetch with the session's token and the person's language. A 401 is tried once more with a new token. Where no token can
 * be had because nobody answers, or not for seconds, what this device has kept answers instead.
 * @throws {Problem} for every answer that is not a success. @throws {Offline} when nobody answered.
 */
export async function authorizedFetch(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
  const request = new Request(typeof input === 'string' ? new URL(input, location.origin) : input, init);
  const spare = request.clone();
  const person = personOf(sessionState());
  let token: string | Response;
  try {
    token = await orKept(accessToken(person), request, patience());
  } catch (error) {
    const kept = error instanceof Offline ? await keptAnswer(request) : null;
    if (kept) return kept;
    throw error;
  }
  if (token instanceof Response) {
    const kept = token;
    return reach(async () => kept);
  }
  const response = await send(request, token);
  if (response.status !== 401) return succeeded(response);
  discardToken(token);
  return succeeded(await send(spare, await accessToken(person)));
}

/** The same as nobody in particular. */
export async function publicFetch(request: Request): Promise<Response> {
  return succeeded(await send(request, null));
}

async function send(request: Request, token: string | null): Promise<Response> {
  request.headers.set('Accept-Language', spokenLanguage());
  if (token) request.headers.set('Authorization', `Bearer ${token}`);
  return reach(() => fetch(request), request.signal);
}

async function succeeded(response: Response): Promise<Response> {
  if (response.ok || response.status === 304) return response;
  throw await problemFrom(response);
}
