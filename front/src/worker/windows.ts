/**
 * Windows of the timeline without a network. How a page cuts the timeline into windows depends on its screen and on what it
 * had already, so the same photos are asked for by other numbers the next time. A window is therefore put together from
 * all those that were kept, asset by asset.
 */

/**
 * A window as the API sends it. Beside the named fields: arrays with one entry an asset, and objects by index for what
 * few assets have.
 */
export interface WireWindow {
  readonly day: string;
  readonly offset: number;
  readonly days: readonly (readonly [string, number])[];
  readonly ids: readonly string[];
  readonly expires: number;
  readonly [column: string]: unknown;
}

export interface WireSkeleton {
  readonly days: readonly string[];
  readonly counts: readonly number[];
}

export interface Wanted {
  readonly day: string;
  readonly offset: number;
  readonly limit: number;
}

/** One asset of a kept window. */
interface Place {
  readonly window: WireWindow;
  readonly at: number;
}

/**
 * The wanted window as far as it was kept: from its first asset on without a gap. Later windows win over earlier ones. An
 * asset that comes up twice (photos have arrived between two answers, and moved the older ones on) ends it like a gap.
 * Null when not even the first asset is known.
 */
export function windowFrom(
  windows: readonly WireWindow[],
  skeleton: WireSkeleton | null,
  wanted: Wanted,
): WireWindow | null {
  const known = placesOf(windows);
  const days: [string, number][] = [];
  const places: Place[] = [];
  const seen = new Set<string | undefined>();
  for (const [day, count] of daysFrom(skeleton, wanted, known)) {
    const first = day === wanted.day ? wanted.offset : 0;
    let taken = 0;
    for (let index = first; index < count && places.length < wanted.limit; index++) {
      const place = known.get(day)?.get(index);
      const id = place?.window.ids[place.at];
      if (!place || seen.has(id)) break;
      seen.add(id);
      places.push(place);
      taken++;
    }
    if (taken > 0) days.push([day, taken]);
    if (first + taken < count) break;
  }
  const [one] = places;
  return one ? assembled(one.window, places, days, wanted) : null;
}

/** By day and place within the day. */
function placesOf(windows: readonly WireWindow[]): Map<string, Map<number, Place>> {
  const known = new Map<string, Map<number, Place>>();
  for (const window of windows) {
    let at = 0;
    for (const [day, count] of window.days) {
      const first = day === window.day ? window.offset : 0;
      const places = known.get(day) ?? new Map<number, Place>();
      known.set(day, places);
      for (let index = 0; index < count; index++) places.set(first + index, { window, at: at++ });
    }
  }
  return known;
}

/** The days from the wanted one on, newest first, with how many assets each holds. */
function daysFrom(
  skeleton: WireSkeleton | null,
  wanted: Wanted,
  known: ReadonlyMap<string, ReadonlyMap<number, Place>>,
): [string, number][] {
  if (!skeleton) return [[wanted.day, known.get(wanted.day)?.size ?? 0]];
  const begin = skeleton.days.indexOf(wanted.day);
  if (begin < 0) return [];
  return skeleton.days.slice(begin).map((day, index) => [day, skeleton.counts[begin + index] ?? 0]);
}

function assembled(
  like: WireWindow,
  places: readonly Place[],
  days: [string, number][],
  { day, offset }: Wanted,
): WireWindow {
  const columns = Object.entries(like).filter(
    ([name, value]) => name !== 'days' && Array.isArray(value) && value.length === like.ids.length,
  );
  const picked = columns.map(([name]) => [
    name,
    places.map(({ window, at }) => (window[name] as readonly unknown[] | undefined)?.[at] ?? null),
  ]);
  const sparse = Object.entries(like).filter(([, value]) => isSparse(value));
  const moved = sparse.map(([name]) => [name, movedTo(places, name)]);
  return { ...like, ...Object.fromEntries([...picked, ...moved]), day, offset, days };
}

/** What the assets have under this name, by their new indices. */
function movedTo(places: readonly Place[], name: string): Record<number, unknown> {
  const found: Record<number, unknown> = {};
  for (const [index, { window, at }] of places.entries()) {
    const values = window[name];
    if (isSparse(values) && at in values) found[index] = values[at];
  }
  return found;
}

function isSparse(value: unknown): value is Readonly<Record<number, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
