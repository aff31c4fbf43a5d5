/**
 * [Note: Sections]
 *
 * A section is at once the unit of loading (one window), of caching and of layout: consecutive days of one
 * month with at most `WINDOW_LIMIT` assets, or a piece of a day that holds more than that.
 *
 * Sections are cut from the *oldest* day of a month towards the newest, and pieces of a dense day from its
 * oldest asset. New photos usually come in at the newest end, so a new photo changes one section of one month
 * and leaves all others, their data and their measured heights untouched.
 *
 * Where days are not shown, a month is cut like one dense day: in pieces whose rows can all be filled.
 */
import type { GridDensity } from './density';
import { type Skeleton, WINDOW_LIMIT, type WindowAddress } from './source';

/** A dense day is cut in pieces of this size; the newest piece takes what is left over. */
const PIECE = 384;

/** Assets of one day inside one section. */
export interface Fragment {
  readonly day: string;
  /** How many assets of the day come before (are newer than) this fragment. */
  readonly offset: number;
  readonly count: number;
  /** How many assets of the day come after (are older than) this fragment. */
  readonly older: number;
}

export interface Section {
  /** Equal keys mean equal shape: the same days with the same counts, as far from the oldest of their days. */
  readonly key: string;
  /** Index of the first asset in the whole sequence, newest first. */
  readonly first: number;
  readonly count: number;
  readonly fragments: readonly Fragment[];
  /** `YYYY-MM` */
  readonly month: string;
  /** Whether this is the newest section of its month. */
  readonly opensMonth: boolean;
  /** Whether this is the oldest section of its month. */
  readonly closesMonth: boolean;
}

/** The sequence of all assets, cut into sections, with the lookups between index, day and section. */
export class SectionMap {
  readonly total: number;
  readonly sections: readonly Section[];
  private readonly dayStarts = new Map<string, { first: number; count: number }>();
  private readonly monthStarts = new Map<string, { first: number; count: number }>();

  constructor(skeleton: Skeleton, density: GridDensity = 'days') {
    this.sections = cut(skeleton, density);
    let first = 0;
    skeleton.days.forEach((day, index) => {
      const count = skeleton.counts[index] as number;
      this.dayStarts.set(day, { first, count });
      first += count;
    });
    this.total = first;
    for (const { month, first, count } of this.sections) {
      const before = this.monthStarts.get(month);
      this.monthStarts.set(month, { first: before?.first ?? first, count: count + (before?.count ?? 0) });
    }
  }

  /** The position in `sections` of the section that holds this asset index; clamped to the sequence. */
  sectionAt(index: number): number {
    return lastNotAfter(
      this.sections.length,
      index,
      (position) => (this.sections[position] as Section).first,
    );
  }

  /** Where a day begins in the sequence and how much it holds. */
  dayRange(day: string): { first: number; count: number } | null {
    return this.dayStarts.get(day) ?? null;
  }

  /** The same for a month (`YYYY-MM`). */
  monthRange(month: string): { first: number; count: number } | null {
    return this.monthStarts.get(month) ?? null;
  }

  /** Where the asset of this index is asked for: as many as one window may hold, but not beyond `end`. */
  addressAt(index: number, end: number): WindowAddress {
    const section = this.sections[this.sectionAt(index)] as Section;
    let within = index - section.first;
    const fragment = section.fragments.find((candidate) => {
      if (within < candidate.count) return true;
      within -= candidate.count;
      return false;
    }) as Fragment;
    return {
      day: fragment.day,
      offset: fragment.offset + within,
      limit: Math.min(WINDOW_LIMIT, end - index),
    };
  }

  /** The index of the newest asset that is not newer than this day; `total` when all are. */
  firstNotNewerThan(day: string): number {
    const exact = this.dayStarts.get(day);
    if (exact) return exact.first;
    for (const [other, range] of this.dayStarts) if (other < day) return range.first;
    return this.total;
  }
}

/** The greatest position whose value is not above the wanted one, or 0. Values ascend. */
export function lastNotAfter(length: number, wanted: number, value: (position: number) => number): number {
  let low = 0;
  let high = length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (value(middle) <= wanted) low = middle;
    else high = middle - 1;
  }
  return low;
}

function cut(skeleton: Skeleton, density: GridDensity): Section[] {
  const sections: Section[] = [];
  let first = 0;
  let from = 0;
  while (from < skeleton.days.length) {
    const month = monthOf(skeleton.days[from] as string);
    let to = from + 1;
    while (to < skeleton.days.length && monthOf(skeleton.days[to] as string) === month) to++;
    const groups = density === 'months' ? cutWall(skeleton, from, to) : cutMonth(skeleton, from, to);
    groups.forEach((fragments, position) => {
      const count = fragments.reduce((sum, fragment) => sum + fragment.count, 0);
      const opensMonth = position === 0;
      const closesMonth = position === groups.length - 1;
      const key = `${opensMonth ? '^' : ''}${closesMonth ? '$' : ''}${keyOf(fragments)}`;
      sections.push({ key, first, count, fragments, month, opensMonth, closesMonth });
      first += count;
    });
    from = to;
  }
  return sections;
}

/** Cuts the days `from` to `to` (exclusive, newest first) into groups of fragments, newest group first. */
function cutMonth(skeleton: Skeleton, from: number, to: number): Fragment[][] {
  const groups: Fragment[][] = [];
  let open: Fragment[] = [];
  let held = 0;
  const close = () => {
    if (open.length > 0) groups.push(open.reverse());
    open = [];
    held = 0;
  };
  for (let at = to - 1; at >= from; at--) {
    const day = skeleton.days[at] as string;
    const count = skeleton.counts[at] as number;
    if (count <= 0) continue;
    if (held + count > WINDOW_LIMIT) close();
    if (count > WINDOW_LIMIT) {
      for (const piece of cutDay(day, count)) groups.push([piece]);
    } else {
      open.push({ day, offset: 0, count, older: 0 });
      held += count;
    }
  }
  close();
  return groups.reverse();
}

/** Cuts a month without regard to its days, newest piece first. */
function cutWall(skeleton: Skeleton, from: number, to: number): Fragment[][] {
  const month = skeleton.counts.slice(from, to).reduce((sum, count) => sum + count, 0);
  const groups: Fragment[][] = [];
  let day = to - 1;
  let older = 0;
  for (const size of pieceSizes(month)) {
    const piece: Fragment[] = [];
    for (let missing = size; missing > 0; ) {
      const ofDay = skeleton.counts[day] as number;
      const count = Math.min(missing, ofDay - older);
      const offset = ofDay - older - count;
      if (count > 0) piece.push({ day: skeleton.days[day] as string, offset, count, older });
      missing -= count;
      older += count;
      if (older >= ofDay) {
        day--;
        older = 0;
      }
    }
    groups.push(piece.reverse());
  }
  return groups.reverse();
}

/** Pieces of one dense day, oldest first. The newest piece is never small, so that its rows can all be filled. */
function cutDay(day: string, count: number): Fragment[] {
  let older = 0;
  return pieceSizes(count).map((size) => {
    const piece = { day, offset: count - older - size, count: size, older };
    older += size;
    return piece;
  });
}

function pieceSizes(count: number): number[] {
  const sizes: number[] = [];
  for (let left = count; left > 0; left -= sizes[sizes.length - 1] as number)
    sizes.push(left <= WINDOW_LIMIT ? left : PIECE);
  return sizes;
}

/** Independent of what is newer, so that a new photo does not rename the older pieces of its dense day. */
function keyOf(fragments: readonly Fragment[]): string {
  const newest = fragments[0] as Fragment;
  const oldest = fragments[fragments.length - 1] as Fragment;
  const counts = fragments.map((fragment) => fragment.count).join('.');
  return `${newest.offset === 0 ? '' : '+'}${newest.day}/${oldest.day}-${oldest.older}:${counts}`;
}

export function monthOf(day: string): string {
  return day.slice(0, 7);
}
