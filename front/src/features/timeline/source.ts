/** The timeline of a space as the grid's source: translates the wire, knows the endpoints. */
import { api, call } from '@/api/client';
import { isAskedEarly, timelineQuestions } from '@/api/early';
import { subscribeToEvents } from '@/api/events';
import type { TimelineView, TimelineWindow } from '@/api/types';
import type { AssetFacts, AssetSource, AssetWindow, Rotation, WindowAddress } from '@/gallery/source';

/** Bits of `flags`. */
const VIDEO = 1;
const FAVOURITE = 2;
const PROCESSING = 4;
const FAILED = 8;
const DAMAGED = 16;
const LIVE = 32;
const OWN = 64;

/** How often the stream of events has begun: after the first time, news may have been missed in between. */
let connections = 0;
subscribeToEvents((event) => {
  if (event.type === 'connected') connections++;
});

export function timelineSource(spaceId: string, view: TimelineView): AssetSource {
  const ask = (signal: AbortSignal, address: Partial<WindowAddress> = {}) =>
    call(
      api.GET('/api/timeline/window', {
        params: { query: { space_id: [spaceId], view, ...address } },
        signal,
      }),
    );

  /** The newest window, where the start of the visit has asked for it; it holds as much as any window may. */
  async function newestAskedEarly(signal: AbortSignal): Promise<Wire | null> {
    if (!isAskedEarly(timelineQuestions(spaceId, view).newest)) return null;
    return ask(signal).catch(() => null);
  }

  return {
    async loadWindow(address, signal) {
      const newest = await newestAskedEarly(signal);
      const fits = newest?.day === address.day && address.offset === 0;
      return assetWindow(fits ? newest : await ask(signal, address));
    },
    subscribe(listener) {
      return subscribeToEvents((event) => {
        if (event.type === 'connected' && connections > 1) listener({ kind: 'gap' });
        if (event.type !== 'assets' || event.spaceId !== spaceId) return;
        const isBack = event.change === 'restored' || event.change === 'added';
        listener({ kind: isBack ? 'returned' : 'changed', ids: event.ids });
      });
    },
  };
}

/** The client's types turn pairs into lists; the first of each run is the day, the second its count. */
type Wire = Omit<TimelineWindow, 'days'> & { days: readonly (readonly (string | number)[])[] };

/** @throws {RangeError} when the parallel arrays are not of one length. */
export function assetWindow(wire: Wire): AssetWindow {
  const days = wire.days.flatMap(([day, count]) => new Array<string>(Number(count)).fill(String(day)));
  const columns = [
    days,
    wire.blobs,
    wire.sigs,
    wire.ratios,
    wire.thumbhashes,
    wire.times,
    wire.flags,
    wire.sizes,
  ];
  if (columns.some((column) => column.length !== wire.ids.length)) throw new RangeError('Uneven window.');
  return {
    assets: wire.ids.map((_, at) => assetFacts(wire, at, days[at] as string)),
    expires: wire.expires * 1000,
  };
}

function assetFacts(wire: Wire, at: number, day: string): AssetFacts {
  const blob = wire.blobs[at] as string;
  const flags = wire.flags[at] as number;
  const hasPictures = (flags & (PROCESSING | FAILED)) === 0;
  const url = (derivative: string) =>
    hasPictures ? `/media/${blob}/${derivative}?e=${wire.expires}&s=${wire.sigs[at]}` : '';
  return {
    id: wire.ids[at] as string,
    blob,
    day,
    minutes: wire.times[at] as number,
    ratio: wire.ratios[at] as number,
    rotation: (wire.rotations[at] ?? 0) as Rotation,
    title: wire.titles[at] ?? '',
    thumbhash: wire.thumbhashes[at] ?? null,
    thumb: url(wire.thumb),
    preview: url(wire.preview),
    video: (flags & VIDEO) !== 0,
    live: (flags & LIVE) !== 0,
    favourite: (flags & FAVOURITE) !== 0,
    own: (flags & OWN) !== 0,
    processing: (flags & PROCESSING) !== 0,
    failed: (flags & FAILED) !== 0,
    damaged: (flags & DAMAGED) !== 0,
    duration: wire.durations[at] ?? null,
    bytes: (wire.sizes[at] as number) * 1000,
  };
}
