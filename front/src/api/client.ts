/**
 * The one way to the server.
 *
 *     const me = await call(api.GET('/api/me'));
 *
 * Every failure is thrown: a Problem when the server answered, Offline when nobody did.
 */
import createClient from 'openapi-fetch';
import { authorizedFetch, publicFetch } from './authorized';
import { earlyAnswer } from './early';
import type { paths } from './types';

/** These answer without a token; asking for one first would make signing in impossible. */
const PUBLIC = /^\/api\/(auth\/(setup|password|max|register)|invitations\/preview)$/;

export const api = createClient<paths>({
  baseUrl: globalThis.location?.origin ?? '',
  fetch: (request) =>
    PUBLIC.test(new URL(request.url).pathname)
      ? publicFetch(request)
      : (earlyAnswer(request) ?? authorizedFetch(request)),
  querySerializer: { array: { style: 'form', explode: true } },
});

/** The answer's body, or the Problem that came instead. */
export async function call<T>(request: Promise<{ data?: T; response: Response }>): Promise<T> {
  const { data } = await request;
  return data as T;
}
