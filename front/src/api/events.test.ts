import { describe, expect, it, vi } from 'vitest';
import { type GalleryEvent, subscribeToEvents } from './events';
import { beginSession } from './session';
import { eventParser, followEvents } from './stream';
import type { Tokens } from './types';

describe('the parser', () => {
  function parsed(chunks: string[]): [string, string][] {
    const found: [string, string][] = [];
    const feed = eventParser((name, data) => found.push([name, data]));
    for (const chunk of chunks) feed(chunk);
    return found;
  }

  const STREAM = ': ping\n\nevent: assets\ndata: {"a":\ndata: 1}\n\ndata: plain\r\n\r\nevent: empty\n\n';
  const EVENTS = [
    ['assets', '{"a":\n1}'],
    ['message', 'plain'],
  ];

  it('reads events, several lines of data, comments and both line ends', () => {
    expect(parsed([STREAM])).toEqual(EVENTS);
  });

  it('does not mind where the stream is cut', () => {
    for (let cut = 1; cut < STREAM.length; cut += 1) {
      expect(parsed([STREAM.slice(0, cut), STREAM.slice(cut)]), `cut at ${cut}`).toEqual(EVENTS);
    }
    expect(parsed([...STREAM])).toEqual(EVENTS);
  });

  it('keeps an unfinished event to itself', () => {
    expect(parsed(['event: assets\ndata: {}\n'])).toEqual([]);
  });
});

it('tells listeners what arrives, connects again after the end, and stops when told to', async () => {
  beginSession({ access_token: 'a', expires_in: 600, user: {}, refresh_token: null } as unknown as Tokens);
  const stop = new AbortController();
  let connections = 0;
  vi.stubGlobal('fetch', async (request: Request) => {
    connections += 1;
    expect(request.headers.get('Authorization')).toBe('Bearer a');
    return new Response(
      'event: assets\ndata: {"space_id":"s","change":"ready","ids":["1"]}\n\nevent: spaces\ndata: {}\n\n',
    );
  });
  const heard: GalleryEvent[] = [];
  const unsubscribe = subscribeToEvents((event) => {
    heard.push(event);
    if (connections === 2 && event.type === 'spaces') stop.abort();
  });
  await followEvents(stop.signal);
  unsubscribe();
  const round = [
    { type: 'connected' },
    { type: 'assets', spaceId: 's', change: 'ready', ids: ['1'] },
    { type: 'spaces' },
  ];
  expect(heard).toEqual([...round, ...round]);
});
