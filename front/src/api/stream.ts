/** Where live changes come from: server-sent events read with fetch, since EventSource cannot send the Authorization header. */
import { authorizedFetch } from './authorized';
import { type AssetChange, emit, type GalleryEvent } from './events';
import { Problem } from './problem';

const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 30_000;
/** The server pings every 15 s; three missed pings mean that the connection is dead without saying so. */
const SILENCE_MS = 45_000;

/** Keeps the stream open while `signal` is not aborted and the page is visible. */
export async function followEvents(signal: AbortSignal): Promise<void> {
  let pause = FIRST_PAUSE_MS;
  while (!signal.aborted) {
    await visible(signal);
    try {
      await readStream(signal, () => {
        pause = FIRST_PAUSE_MS;
      });
    } catch (error) {
      if (error instanceof Problem && (error.status === 401 || error.status === 403)) return;
    }
    await wait(pause * (0.75 + Math.random() / 2), signal);
    pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
  }
}

async function readStream(signal: AbortSignal, opened: () => void): Promise<void> {
  const attempt = new AbortController();
  const stop = () => attempt.abort();
  signal.addEventListener('abort', stop, { once: true });
  const hide = () => document.visibilityState === 'hidden' && stop();
  document.addEventListener('visibilitychange', hide);
  let watchdog = setTimeout(stop, SILENCE_MS);
  try {
    const response = await authorizedFetch('/api/events', {
      headers: { Accept: 'text/event-stream' },
      signal: attempt.signal,
      cache: 'no-store',
    });
    if (!response.body) return;
    opened();
    emit({ type: 'connected' });
    const parse = eventParser((name, data) => {
      const event = galleryEvent(name, data);
      if (event) emit(event);
    });
    for await (const text of response.body.pipeThrough(new TextDecoderStream())) {
      clearTimeout(watchdog);
      watchdog = setTimeout(stop, SILENCE_MS);
      parse(text);
    }
  } finally {
    clearTimeout(watchdog);
    signal.removeEventListener('abort', stop);
    document.removeEventListener('visibilitychange', hide);
  }
}

/**
 * An incremental parser for text/event-stream (WHATWG HTML, 9.2.6), for the fields we use: event and data.
 * Feed it text as it comes; it calls `dispatch` at each blank line that ends an event with data.
 */
export function eventParser(dispatch: (name: string, data: string) => void): (text: string) => void {
  let rest = '';
  let name = '';
  let data: string[] = [];

  function line(text: string): void {
    if (text === '') {
      if (data.length > 0) dispatch(name || 'message', data.join('\n'));
      name = '';
      data = [];
      return;
    }
    const colon = text.indexOf(':');
    const field = colon < 0 ? text : text.slice(0, colon);
    const value = colon < 0 ? '' : text.slice(colon + 1).replace(/^ /, '');
    if (field === 'event') name = value;
    if (field === 'data') data.push(value);
  }

  return (text) => {
    const lines = (rest + text).split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() ?? '';
    for (const each of lines) line(each);
  };
}

function galleryEvent(name: string, data: string): GalleryEvent | null {
  if (name === 'spaces') return { type: 'spaces' };
  if (name !== 'assets') return null;
  const {
    space_id: spaceId,
    change,
    ids,
  } = JSON.parse(data) as {
    space_id: string;
    change: AssetChange;
    ids: string[];
  };
  return { type: 'assets', spaceId, change, ids };
}

function visible(signal: AbortSignal): Promise<void> {
  if (document.visibilityState === 'visible') return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => {
      if (document.visibilityState === 'hidden' && !signal.aborted) return;
      document.removeEventListener('visibilitychange', done);
      resolve();
    };
    document.addEventListener('visibilitychange', done);
    signal.addEventListener('abort', done, { once: true });
  });
}

function wait(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms);
    function done() {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      window.removeEventListener('online', done);
      resolve();
    }
    signal.addEventListener('abort', done, { once: true });
    window.addEventListener('online', done, { once: true });
  });
}
