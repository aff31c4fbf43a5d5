/**
 * Where everything of one section lies: month and day headers, and a box for each asset.
 *
 * A day that fills less than a row shares its row with its neighbours where the screen is wide enough, so that a
 * library of a few photos a day is not a column of half-empty rows.
 */
import type { Geometry } from './geometry';
import { breakRows, type Row } from './justify';
import type { Fragment, Section } from './sections';

export interface Header {
  readonly kind: 'month' | 'day';
  readonly top: number;
  readonly left: number;
  readonly width: number;
  readonly height: number;
  /** Position in the section's fragments; a month header carries that of its newest day. */
  readonly fragment: number;
}

/** Boxes that share one top; `start` and `end` are positions in `SectionLayout.order`. */
export interface Line {
  readonly top: number;
  readonly bottom: number;
  readonly start: number;
  readonly end: number;
}

export interface SectionLayout {
  readonly height: number;
  readonly headers: readonly Header[];
  readonly lines: readonly Line[];
  /** Positions within the section of the assets that are shown, in reading order. */
  readonly order: Int32Array;
  /** left, top, width, height for each position within the section; all 0 for what is not shown. */
  readonly boxes: Int32Array;
}

interface Group {
  readonly fragment: number;
  readonly members: Int32Array;
  readonly ratios: Float64Array;
}

/** `ratios` and `hidden` are indexed by position within the section. */
export function layoutSection(
  section: Section,
  ratios: ArrayLike<number>,
  hidden: (position: number) => boolean,
  geometry: Geometry,
): SectionLayout {
  return new Composer(section, ratios, hidden, geometry).compose();
}

/** The height that a section will have about, if its pictures have this shape on average. Costs nearly nothing. */
export function estimateHeight(section: Section, ratio: number, geometry: Geometry): number {
  const { width, target, gap, shareGap, dayHeader, dayGap } = geometry;
  let height = section.opensMonth ? geometry.monthHeader : 0;
  if (geometry.dense) {
    const rows = (section.count * (target * ratio + gap)) / width;
    height += (section.closesMonth ? Math.max(1, rows) : rows) * (target + gap);
    return Math.round(height + (section.closesMonth ? dayGap - gap : 0));
  }
  let shared = 0;
  for (const fragment of section.fragments) {
    const natural = fragment.count * (target * ratio + gap) - gap;
    if (shareGap !== null && natural < width && isWholeDay(fragment)) {
      const fits = shared > 0 && shared + shareGap + natural <= width;
      shared = fits ? shared + shareGap + natural : natural;
      if (!fits) height += dayHeader + target + dayGap;
      continue;
    }
    shared = 0;
    // Rows are near the target height on average, so their number is the length of all pictures in one row.
    const rows = fragment.older === 0 ? Math.max(1, natural / width) : natural / width;
    height += (fragment.offset === 0 ? dayHeader : 0) + rows * (target + gap);
    height += fragment.older === 0 ? dayGap - gap : 0;
  }
  return Math.round(height);
}

function isWholeDay(fragment: Fragment): boolean {
  return fragment.offset === 0 && fragment.older === 0;
}

class Composer {
  private top = 0;
  private placed = 0;
  private readonly headers: Header[] = [];
  private readonly lines: Line[] = [];
  private readonly order: Int32Array;
  private readonly boxes: Int32Array;
  /** Days waiting to share one row. */
  private sharing: Group[] = [];
  private sharingWidth = 0;
  private readonly section: Section;
  private readonly ratios: ArrayLike<number>;
  private readonly hidden: (position: number) => boolean;
  private readonly geometry: Geometry;

  constructor(
    section: Section,
    ratios: ArrayLike<number>,
    hidden: (position: number) => boolean,
    geometry: Geometry,
  ) {
    this.section = section;
    this.ratios = ratios;
    this.hidden = hidden;
    this.geometry = geometry;
    this.order = new Int32Array(section.count);
    this.boxes = new Int32Array(section.count * 4);
  }

  compose(): SectionLayout {
    const groups = this.groups();
    if (groups.length > 0 && this.section.opensMonth) this.placeMonthHeader(groups[0] as Group);
    if (this.geometry.dense) this.placeWall(groups);
    else this.placeDays(groups);
    const order = this.order.subarray(0, this.placed);
    return { height: this.top, headers: this.headers, lines: this.lines, order, boxes: this.boxes };
  }

  /** Days one after the other, as if they were one. */
  private placeWall(groups: readonly Group[]): void {
    const members = groups.flatMap((group) => [...group.members]);
    if (members.length === 0) return;
    const ratios = groups.flatMap((group) => [...group.ratios]);
    const wall = { fragment: 0, members: Int32Array.from(members), ratios: Float64Array.from(ratios) };
    const { closesMonth } = this.section;
    for (const row of breakRows(wall.ratios, this.geometry, closesMonth ? 'ragged' : 'filled'))
      this.placeRow(wall, row);
    this.top += closesMonth ? this.geometry.dayGap - this.geometry.gap : 0;
  }

  private placeDays(groups: readonly Group[]): void {
    for (const group of groups) {
      const natural = this.naturalWidth(group);
      if (this.mayShare(group, natural)) this.share(group, natural);
      else {
        this.flushShared(false);
        this.placeDay(group);
      }
    }
    this.flushShared(true);
  }

  private groups(): Group[] {
    const groups: Group[] = [];
    let position = 0;
    this.section.fragments.forEach((fragment, index) => {
      const members: number[] = [];
      for (let end = position + fragment.count; position < end; position++) {
        if (!this.hidden(position)) members.push(position);
      }
      if (members.length === 0) return;
      const ratios = Float64Array.from(members, (member) => this.ratios[member] as number);
      groups.push({ fragment: index, members: Int32Array.from(members), ratios });
    });
    return groups;
  }

  private placeMonthHeader(newest: Group): void {
    const { width, monthHeader } = this.geometry;
    this.headers.push({
      kind: 'month',
      top: 0,
      left: 0,
      width,
      height: monthHeader,
      fragment: newest.fragment,
    });
    this.top += monthHeader;
  }

  private naturalWidth(group: Group): number {
    const { target, gap } = this.geometry;
    return group.ratios.reduce((sum, ratio) => sum + ratio * target + gap, -gap);
  }

  private mayShare(group: Group, natural: number): boolean {
    const fragment = this.section.fragments[group.fragment] as Fragment;
    return this.geometry.shareGap !== null && isWholeDay(fragment) && natural < this.geometry.width;
  }

  private share(group: Group, natural: number): void {
    const shareGap = this.geometry.shareGap ?? 0;
    if (this.sharing.length > 0 && this.sharingWidth + shareGap + natural > this.geometry.width) {
      this.flushShared(false);
    }
    this.sharingWidth += (this.sharing.length > 0 ? shareGap : 0) + natural;
    this.sharing.push(group);
  }

  /** Places the waiting days side by side; they grow to fill the row when that needs only a little. */
  private flushShared(isLast: boolean): void {
    if (this.sharing.length === 0) return;
    const { width, target, gap, dayHeader, dayGap } = this.geometry;
    const shareGap = this.geometry.shareGap ?? 0;
    const pictures = this.sharing.reduce((sum, group) => sum + group.members.length, 0);
    const fixed = shareGap * (this.sharing.length - 1) + gap * (pictures - this.sharing.length);
    const ratioSum = this.sharing.reduce((sum, group) => sum + group.ratios.reduce((a, b) => a + b, 0), 0);
    const filled = (width - fixed) / ratioSum;
    const fills = filled <= target * (isLast ? MOST_GROWTH_LAST : MOST_GROWTH);
    const height = fills ? filled : target;
    const bottom = this.top + dayHeader + Math.round(height);
    const start = this.placed;
    let left = 0;
    for (const group of this.sharing) {
      const right = this.placeBoxes(group, 0, group.members.length, left, this.top + dayHeader, height);
      this.headers.push({
        kind: 'day',
        top: this.top,
        left,
        width: right - left,
        height: dayHeader,
        fragment: group.fragment,
      });
      left = right + shareGap;
    }
    this.lines.push({ top: this.top + dayHeader, bottom, start, end: this.placed });
    this.top = bottom + dayGap;
    this.sharing = [];
    this.sharingWidth = 0;
  }

  private placeDay(group: Group): void {
    const { width, gap, dayHeader, dayGap } = this.geometry;
    const fragment = this.section.fragments[group.fragment] as Fragment;
    if (fragment.offset === 0) {
      this.headers.push({
        kind: 'day',
        top: this.top,
        left: 0,
        width,
        height: dayHeader,
        fragment: group.fragment,
      });
      this.top += dayHeader;
    }
    const ending = fragment.older === 0 ? 'ragged' : 'filled';
    for (const row of breakRows(group.ratios, this.geometry, ending)) this.placeRow(group, row);
    this.top += fragment.older === 0 ? dayGap - gap : 0;
  }

  private placeRow(group: Group, row: Row): void {
    const start = this.placed;
    this.placeBoxes(group, row.start, row.end, 0, this.top, row.height);
    const bottom = this.top + Math.round(row.height);
    this.lines.push({ top: this.top, bottom, start, end: this.placed });
    this.top = bottom + this.geometry.gap;
  }

  /**
   * Boxes from `start` to `end` (exclusive) of a group, side by side. Edges are rounded from exact sums, so that
   * rounding never adds up to a seam at the right. Returns the right edge.
   */
  private placeBoxes(
    group: Group,
    start: number,
    end: number,
    left: number,
    top: number,
    height: number,
  ): number {
    let sum = 0;
    let right = left;
    for (let at = start; at < end; at++) {
      const from = left + Math.round(sum * height) + (at - start) * this.geometry.gap;
      sum += group.ratios[at] as number;
      right = left + Math.round(sum * height) + (at - start) * this.geometry.gap;
      const member = group.members[at] as number;
      this.boxes.set([from, top, right - from, Math.round(height)], member * 4);
      this.order[this.placed++] = member;
    }
    return right;
  }
}

const MOST_GROWTH = 1.4;
const MOST_GROWTH_LAST = 1.15;

/** The lines that lie between two heights of the section: first position, and the one after the last. */
export function linesBetween(layout: SectionLayout, from: number, to: number): [first: number, end: number] {
  const { lines } = layout;
  const first = firstWhere(lines.length, (at) => (lines[at] as Line).bottom > from);
  const end = firstWhere(lines.length, (at) => (lines[at] as Line).top >= to);
  return [first, Math.max(first, end)];
}

function firstWhere(length: number, holds: (at: number) => boolean): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
