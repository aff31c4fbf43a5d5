/** The timeline of a space as the grid's source: translates the wire, knows the endpoints. */
import { api, call } from '@/api/client';
import { isAskedEarly, timelineQuestions } from '@/api/early';
import { subscribeToEvents } from '@/api/events';
import { subscribeToSession } from '@/api/session';
import type { TimelineView, TimelineWindow } from '@/api/types';
import { prepareLabels } from '@/gallery/labels';
import type { AssetFacts, AssetSource, AssetWindow, Rotation, WindowAddress } from '@/gallery/source';
import { fetchFirstThumbs } from '@/gallery/thumbQueue';
import { densityChoice } from './densityChoice';

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

/** The newest photos of a timeline, asked for at the start of the visit. */
interface Newest {
  readonly answer: Promise<AssetWindow | null>;
  /** The answer, once it is there. */
  window: AssetWindow | null;
}

/** What nobody has shown by then is too old. */
const LIFE_MS = 30_000;

const gathered = new Map<string, Newest>();

// Another person asks for themselves.
subscribeToSession(() => gathered.clear());

const keyOf = (spaceId: string, view: TimelineView) => `${spaceId} ${view}`;

/**
 * Takes up the newest photos, where the start of the visit has asked for them, for whoever shows them first. Their thumbs
 * travel while the page is being drawn. Resolves when the answer is there, or will not come.
 */
export async function gatherNewest(spaceId: string, view: TimelineView): Promise<void> {
  if (!isAskedEarly(timelineQuestions(spaceId, view).newest)) return;
  const answer = askWindow(spaceId, view).catch(() => null);
  const newest: Newest = { answer, window: null };
  gathered.set(keyOf(spaceId, view), newest);
  setTimeout(() => gathered.delete(keyOf(spaceId, view)), LIFE_MS);
  // Each in a task of its own, so that a slow processor answers in between.
  setTimeout(prepareLabels);
  newest.window = await answer;
  const { assets } = newest.window ?? { assets: [] };
  if (densityChoice.get() !== 'years') setTimeout(() => fetchFirstThumbs(assets));
}

async function askWindow(
  spaceId: string,
  view: TimelineView,
  address: Partial<WindowAddress> = {},
  signal: AbortSignal | null = null,
): Promise<AssetWindow> {
  const query = { space_id: [spaceId], view, ...address };
  return assetWindow(await call(api.GET('/api/timeline/window', { params: { query }, signal })));
}

export function timelineSource(spaceId: string, view: TimelineView): AssetSource {
  let newest = gathered.get(keyOf(spaceId, view));
  // What comes later would be told an old story.
  gathered.delete(keyOf(spaceId, view));
  const known = newest?.window?.assets ?? [];

  async function takeNewest(): Promise<AssetWindow | null> {
    const taken = newest;
    newest = undefined;
    return (await taken?.answer) ?? null;
  }

  return {
    known,
    async loadWindow(address, signal) {
      const window = await takeNewest();
      // It holds as much as any window may.
      const fits = address.offset === 0 && window?.assets[0]?.day === address.day;
      return fits ? window : askWindow(spaceId, view, address, signal);
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
