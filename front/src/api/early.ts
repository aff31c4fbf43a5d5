/** Questions that are put while the application still travels. Whoever puts the same one first gets the answer. */
import { authorizedFetch } from './authorized';
import { subscribeToSession } from './session';

/** An answer that nobody has asked for by then is too old. */
const LIFE_MS = 30_000;

const answers = new Map<string, Promise<Response>>();

// Another person asks for themselves.
subscribeToSession(() => answers.clear());

/** What fails here is asked again, and told, by the page itself. */
export function askEarly(path: string): void {
  const { href } = new URL(path, location.origin);
  const answer = authorizedFetch(href);
  answers.set(href, answer);
  const forget = () => {
    if (answers.get(href) === answer) answers.delete(href);
  };
  answer.catch(forget);
  setTimeout(forget, LIFE_MS);
}

/** The answer to a question that was put early, once. */
export function earlyAnswer({ method, url }: Request): Promise<Response> | undefined {
  if (method !== 'GET') return undefined;
  const answer = answers.get(url);
  answers.delete(url);
  return answer;
}
