/** Questions that are put while the application still travels. Whoever puts the same one first gets the answer. */
import { authorizedFetch } from './authorized';
import { subscribeToSession } from './session';
import type { TimelineView } from './types';

/** An answer that nobody has asked for by then is too old. */
const LIFE_MS = 30_000;

/** The first questions of a timeline, in the client's own spelling. */
export function timelineQuestions(spaceId: string, view: TimelineView) {
  const query = `space_id=${spaceId}&view=${view}`;
  return { skeleton: `/api/timeline?${query}`, newest: `/api/timeline/window?${query}` };
}

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

/** Whether the answer to a question that was put early is still to be had. */
export function isAskedEarly(path: string): boolean {
  return answers.has(new URL(path, location.origin).href);
}

/** The answer to a question that was put early, once. */
export function earlyAnswer({ method, url }: Request): Promise<Response> | undefined {
  if (method !== 'GET') return undefined;
  const answer = answers.get(url);
  answers.delete(url);
  return answer;
}
