/**
 * The grid without its skin: what lies where, what is loaded, what the screen shows.
 *
 * [Note: Anchoring]
 *
 * Heights change while one reads: guesses become known, photos arrive, others leave. Before any such change the
 * model remembers what is at the top of the screen (the anchor) and afterwards moves the virtual offset so that
 * it is still there. The reader at the very top is the exception: there, new photos push the old ones down.
 */
import type { GridDensity } from './density';
import { type Geometry, geometryFor } from './geometry';
import { Heights } from './heights';
import { gridRatio } from './justify';
import type { ScrollCommand } from './scrollCommands';
import { ScrollSpace } from './scrollSpace';
import { estimateHeight, type Line, layoutSection, linesBetween, type SectionLayout } from './sectionLayout';
import { type Fragment, type Section, SectionMap } from './sections';
import type { AssetFacts, AssetSource, Skeleton } from './source';
import { type Loaded, WindowCache } from './windowCache';

/** The part of a section that the screen shows. */
export interface SectionView {
  readonly section: Section;
  /** Offset in the scrolled element. */
  readonly top: number;
  readonly layout: SectionLayout;
  readonly loaded: Loaded | null;
  readonly firstLine: number;
  readonly endLine: number;
}

export interface GridView {
  /** Height of the scrolled element. */
  readonly spacer: number;
  readonly density: GridDensity;
  /** There is room for large headings. */
  readonly roomy: boolean;
  readonly sections: readonly SectionView[];
  /** Nothing has been loaded yet: guesses are not shown, since the first photos would push them about. */
  readonly blank: boolean;
  /** The last attempt to load failed; another follows by itself. */
  readonly troubled: boolean;
}

/** Where a reader is, in words that outlive a reload. */
export interface ReadingPlace {
  readonly day: string;
  /** Position within the day. */
  readonly offset: number;
  /** How far below the top of that asset's row the screen begins. */
  readonly inset: number;
}

/** A point of the scrolled element. */
export interface Point {
  readonly left: number;
  readonly top: number;
}

export interface Mark {
  readonly label: string;
  /** 0 is the newest end, 1 the oldest. */
  readonly at: number;
}

interface LaidOut {
  readonly layout: SectionLayout;
  readonly loaded: Loaded | null;
}

/** What is kept in place: an asset's row, or a part of a section that has no rows yet. */
type Anchor =
  | { readonly kind: 'top' }
  | {
      readonly kind: 'asset';
      readonly id: string | null;
      readonly index: number;
      readonly day: string;
      readonly inset: number;
    }
  | { readonly kind: 'part'; readonly index: number; readonly part: number };

const EMPTY: Skeleton = { total: 0, days: [], counts: [], revision: '' };
const TYPICAL_RATIO = 1.2;
/** Rows are drawn, and sections loaded, this many viewports beyond the screen. */
const DRAWN_BEYOND = 0.75;
/** The same while the screen jumps: what is beyond follows when it rests, a part with each frame. */
const DRAWN_BEYOND_JUMPING = 0.1;
const DRAWN_MORE = 0.25;
const A_FRAME = 16;
const LOADED_BEYOND = 1.5;
const SETTLE_AFTER = 180;
const FAR_JUMP_DELAY = 70;
/** How long a changed skeleton may wait for the windows that the screen needs. */
const SWAP_PATIENCE = 1_500;
const MOST_LAYOUTS = 160;
/** When the density changes, so many assets to either side are taken along until they are loaded anew. */
const TAKEN_ALONG = 700;

export class GridModel {
  private map = new SectionMap(EMPTY);
  private density: GridDensity;
  private skeleton = EMPTY;
  /** How many more assets there are above the reader than when they were last at the top. */
  private newAbove = 0;
  private revision: string | null = null;
  private positions = new Map<string, number>();
  private heights = new Heights(new Float64Array(0));
  private readonly space: ScrollSpace;
  private readonly cache: WindowCache;
  private readonly layouts = new Map<string, LaidOut>();
  /** True heights at the present width, also of sections that are no longer loaded. */
  private readonly measured = new Map<string, number>();
  /** Assets that an action has taken away, and since when the server agrees (milliseconds since the epoch). */
  private readonly hidden = new Map<string, number>();
  private geometry: Geometry | null = null;
  private viewport = 0;
  private scrollTop = 0;
  private typicalRatio: number | null = null;
  private touching = false;
  private troubled = false;
  private jumping = false;
  /** So many viewports are drawn beyond the screen at present. */
  private beyond = DRAWN_BEYOND_JUMPING;
  private view: GridView;
  private hasLoaded = false;
  private commandedScroll: ScrollCommand | null = null;
  /** Where a jump was meant to lead, until what lies there is loaded. */
  private destination: (Anchor & { kind: 'asset' }) | null = null;
  /** Where one was when the screen was turned, until one scrolls: turned back, it shows the same again. */
  private turnedAt: Anchor | null = null;
  private waiting: { readonly since: number; readonly revision: string } | null = null;
  private readonly viewListeners = new Set<() => void>();
  private readonly scrollListeners = new Set<() => void>();
  private readonly timers = new Map<string, ReturnType<typeof setTimeout>>();

  private readonly source: AssetSource;

  constructor(
    source: AssetSource,
    options: { now?: () => number; mostPixels?: number; density?: GridDensity } = {},
  ) {
    this.source = source;
    this.density = options.density ?? 'days';
    this.view = {
      spacer: 0,
      density: this.density,
      roomy: false,
      sections: [],
      blank: false,
      troubled: false,
    };
    this.space = new ScrollSpace(options.mostPixels);
    this.cache = new WindowCache(
      source,
      {
        onLoaded: (keys) => this.sectionsLoaded(keys),
        onTrouble: (troubled) => this.setTroubled(troubled),
        onRetry: () => this.wantVisible(),
      },
      options.now,
    );
  }

  /** Begins to follow the source; the returned function ends that and everything under way. */
  connect(): () => void {
    const unsubscribe = this.source.subscribe((change) => {
      if (change.kind === 'gap') this.cache.markStale(() => true);
      else this.outdate(new Set(change.ids));
      if (change.kind === 'returned') this.show(change.ids);
      if (change.kind === 'gap') this.later('want', 0, () => this.rest());
    });
    this.later('want', 0, () => this.rest());
    return () => {
      unsubscribe();
      this.cache.pause();
      for (const timer of this.timers.values()) clearTimeout(timer);
      this.timers.clear();
    };
  }

  // --- for the skin ---------------------------------------------------------------------------------------

  /** Called after every change of the view and of what is known of the assets. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.viewListeners.add(listener);
    return () => this.viewListeners.delete(listener);
  };

  readonly getView = (): GridView => this.view;

  /** Called after every movement, also when the view needs no new drawing. */
  readonly subscribeToScroll = (listener: () => void): (() => void) => {
    this.scrollListeners.add(listener);
    return () => this.scrollListeners.delete(listener);
  };

  /** Where the skin must scroll after drawing the present view, once. */
  takeCommandedScroll(): ScrollCommand | null {
    const commanded = this.commandedScroll;
    this.commandedScroll = null;
    return commanded;
  }

  resize(width: number, height: number): void {
    const geometry = geometryFor(width, this.density);
    if (this.geometry?.width === geometry.width) {
      this.viewport = height;
      this.compose();
      return;
    }
    const anchor = this.turnedAt ?? this.anchor();
    this.turnedAt = anchor;
    this.viewport = height;
    this.geometry = geometry;
    this.layouts.clear();
    this.measured.clear();
    this.rebuildHeights();
    this.restore(anchor);
    this.compose();
  }

  /** Nobody looks for now: only what the screen would show is kept, so that it comes back at once. */
  conceal(): void {
    this.compose(true);
    this.stop('want');
  }

  /** Shows the same assets larger or smaller; what lies at the point, or in the middle, stays there. */
  setDensity(density: GridDensity, point: Point | null = null): void {
    if (density === this.density) return;
    const isAtTop = this.anchor().kind === 'top' && !point;
    const focus = this.focusAt(point);
    const known = focus && this.loadedAround(focus.index);
    this.density = density;
    this.waiting = null;
    this.stop('swap');
    this.revision = this.skeleton.revision;
    this.adopt(new SectionMap(this.skeleton, density));
    this.layouts.clear();
    this.measured.clear();
    if (!this.geometry) return;
    this.geometry = geometryFor(this.geometry.width, density);
    if (known) this.takeAlong(known);
    this.rebuildHeights();
    if (isAtTop || !focus) this.moveTo(0);
    else this.keepAt(focus);
  }

  /** The person scrolled by hand. */
  scrolled(scrollTop: number): void {
    const distance = Math.abs(scrollTop - this.scrollTop);
    if (distance >= 2) this.destination = this.turnedAt = null;
    // A jump of our own comes back as a scroll event that goes nowhere.
    const far = distance > this.viewport * 2 || (this.jumping && distance < 2);
    this.scrollTop = scrollTop;
    if (this.space.mustSettle(scrollTop)) this.settle();
    this.compose(far);
    this.later('settle', SETTLE_AFTER, () => this.settleIfIdle());
  }

  /** While a finger is on the screen, `scrollTop` belongs to it. */
  setTouching(touching: boolean): void {
    this.touching = touching;
    if (!touching) this.later('settle', SETTLE_AFTER, () => this.settleIfIdle());
  }

  // --- contents -------------------------------------------------------------------------------------------

  /** Shows a new state of the counts as soon as what the screen needs of it is there. */
  setSkeleton(skeleton: Skeleton): void {
    const { revision } = skeleton;
    if (revision === (this.waiting?.revision ?? this.revision)) return;
    this.outdateChangedDays(skeleton);
    this.skeleton = skeleton;
    const next = new SectionMap(skeleton, this.density);
    const since = this.waiting?.since ?? performance.now();
    const patience = since + SWAP_PATIENCE - performance.now();
    if (this.map.total === 0 || !this.geometry || patience < 0) {
      this.commit(next, revision);
      return;
    }
    this.waiting = { since, revision };
    const needed = this.neededOf(next).filter((section) => !this.cache.isFresh(section));
    const commit = () => {
      if (this.waiting?.revision === revision) this.commit(next, revision);
    };
    this.later('swap', patience, commit);
    void Promise.allSettled(needed.map((section) => this.cache.load(section))).then(commit);
  }

  /** How many photos have arrived above what one reads, since one was at the top. */
  get arrivals(): number {
    return Math.max(0, this.newAbove);
  }

  get total(): number {
    return this.map.total;
  }

  /** Takes assets off the screen before the server says so. */
  hide(ids: Iterable<string>): void {
    this.changeHidden(ids, (id) => this.hidden.set(id, Number.POSITIVE_INFINITY));
  }

  /** The server agrees that these are gone: should it show them again from now on, then they are back. */
  confirmHidden(ids: Iterable<string>): void {
    for (const id of ids) if (this.hidden.has(id)) this.hidden.set(id, Date.now());
  }

  /** Puts hidden assets back where they were. */
  show(ids: Iterable<string>): void {
    this.changeHidden(ids, (id) => this.hidden.delete(id));
  }

  isHidden(id: string): boolean {
    return this.hidden.has(id);
  }

  patch(ids: ReadonlySet<string>, change: (facts: AssetFacts) => AssetFacts): void {
    this.cache.patch(ids, change);
    this.compose();
    this.announce();
  }

  /** These assets have changed on the server; what is on the screen is loaded anew. */
  outdate(ids: ReadonlySet<string>): void {
    this.cache.markStale((loaded) => loaded.assets.some((facts) => facts !== null && ids.has(facts.id)));
    this.later('want', 0, () => this.rest());
  }

  retry(): void {
    this.cache.retryNow();
  }

  assetAt(index: number): AssetFacts | null {
    const section = this.sectionOf(index);
    return (section && this.cache.get(section)?.assets[index - section.first]) ?? null;
  }

  /** Like `assetAt`, but loads what is missing. */
  async loadAt(index: number): Promise<AssetFacts | null> {
    const section = this.sectionOf(index);
    if (!section) return null;
    const known = this.assetAt(index);
    if (known && this.cache.isFresh(section)) return known;
    const loaded = await this.cache.load(section);
    return loaded.assets[index - section.first] ?? null;
  }

  /** The index of a loaded asset. */
  indexOf(id: string): number | null {
    const place = this.cache.locate(id, (key) => this.positions.has(key));
    if (!place) return null;
    const section = this.map.sections[this.positions.get(place.key) as number] as Section;
    return section.first + place.position;
  }

  /** The index of an asset of which only its moment is known; loads what it must to find it. */
  async find(id: string, day: string, minutes: number): Promise<number | null> {
    const known = this.indexOf(id);
    if (known !== null) return known;
    const range = this.map.dayRange(day);
    if (!range) return null;
    let low = this.map.sectionAt(range.first);
    let high = this.map.sectionAt(range.first + range.count - 1);
    while (low <= high) {
      const middle = (low + high) >> 1;
      const section = this.map.sections[middle] as Section;
      const { assets } = await this.cache.load(section);
      const position = assets.findIndex((facts) => facts?.id === id);
      if (position >= 0) return section.first + position;
      const ofDay = assets.filter((facts) => facts?.day === day);
      const oldest = ofDay[ofDay.length - 1];
      if (oldest && minutes < oldest.minutes) low = middle + 1;
      else if (ofDay[0] && minutes > ofDay[0].minutes) high = middle - 1;
      else return this.findAmongEqual(id, middle, low, high);
    }
    return null;
  }

  /** The next asset in a direction that is not hidden; null at the ends. */
  neighbour(index: number, step: 1 | -1): number | null {
    for (let at = index + step; at >= 0 && at < this.map.total; at += step) if (this.isShown(at)) return at;
    return null;
  }

  private isShown(index: number): boolean {
    const facts = this.assetAt(index);
    return !facts || !this.hidden.has(facts.id);
  }

  /** Where a day (`YYYY-MM-DD`) or a month (`YYYY-MM`) begins in the sequence and how much it holds. */
  rangeOf(period: string): { first: number; count: number } | null {
    return period.length === 7 ? this.map.monthRange(period) : this.map.dayRange(period);
  }

  /** How many assets of a day or a month are shown, as far as that is known. */
  shownOf(period: string): number {
    const count = this.rangeOf(period)?.count ?? 0;
    if (this.hidden.size === 0) return count;
    return count - this.cache.count((facts) => facts.day.startsWith(period) && this.hidden.has(facts.id));
  }

  /** All assets between two indexes (inclusive, any order), loaded window by window. */
  async *collect(from: number, to: number, signal: AbortSignal): AsyncGenerator<AssetFacts[]> {
    const end = Math.max(from, to) + 1;
    for (let at = Math.min(from, to); at < end; ) {
      const address = this.map.addressAt(at, end);
      const { assets } = await this.source.loadWindow(address, signal);
      signal.throwIfAborted();
      yield assets.filter((facts) => !this.hidden.has(facts.id));
      at += address.limit;
    }
  }

  // --- places ---------------------------------------------------------------------------------------------

  /** 0 at the newest end, 1 at the oldest. */
  get progress(): number {
    return this.space.reach > 0 ? this.virtualTop / this.space.reach : 0;
  }

  jumpToProgress(progress: number): void {
    this.moveTo(progress * this.space.reach, true);
    if (progress >= 1) this.moveTo(this.space.reach, true);
  }

  /** The day at the top of the screen, or at another progress. */
  dayAt(progress: number = this.progress): string | null {
    if (this.map.total === 0) return null;
    const offset = progress * this.space.reach;
    const position = this.heights.at(offset);
    const section = this.map.sections[position] as Section;
    const part = (offset - this.heights.top(position)) / Math.max(1, this.heights.height(position));
    let within = Math.floor(Math.min(0.999, part) * section.count);
    const fragment = section.fragments.find((candidate) => {
      if (within < candidate.count) return true;
      within -= candidate.count;
      return false;
    });
    return fragment?.day ?? null;
  }

  /** The years, or months, at the progress where they begin. */
  marks(unit: 'year' | 'month'): Mark[] {
    const length = unit === 'year' ? 4 : 7;
    const marks: Mark[] = [];
    this.map.sections.forEach((section, position) => {
      const label = section.month.slice(0, length);
      if (marks[marks.length - 1]?.label === label) return;
      marks.push({ label, at: Math.min(1, this.heights.top(position) / Math.max(1, this.space.reach)) });
    });
    return marks;
  }

  place(): ReadingPlace | null {
    const anchor = this.anchor();
    if (anchor.kind !== 'asset') return null;
    const range = this.map.dayRange(anchor.day);
    return range && { day: anchor.day, offset: anchor.index - range.first, inset: anchor.inset };
  }

  goTo(place: ReadingPlace): void {
    if (this.map.total === 0) return;
    const range = this.map.dayRange(place.day);
    const index = range
      ? range.first + Math.min(place.offset, range.count - 1)
      : Math.min(this.map.firstNotNewerThan(place.day), this.map.total - 1);
    const inset = range ? place.inset : 0;
    this.moveTo(this.topOf(index) + inset);
    this.moveTo(this.topOf(index) + inset);
    if (this.assetAt(index)) return;
    this.destination = { kind: 'asset', id: null, index, day: range ? place.day : '', inset };
  }

  /** Shows a month (`YYYY-MM`, or any of its days) from its beginning. */
  goToMonth(month: string): void {
    const range = this.map.monthRange(month.slice(0, 7));
    if (!range || !this.geometry) return;
    const position = this.map.sectionAt(range.first);
    for (let round = 0; round < 2; round++) this.moveTo(this.heights.top(position));
    this.aimAt(range.first);
  }

  /** Scrolls as little as needed to show the asset; in the middle when it is far away. */
  reveal(index: number): void {
    if (!this.geometry || this.map.total === 0) return;
    const top = this.topOf(index);
    const bottom = top + this.boxHeight(index);
    const margin = 72;
    if (top >= this.virtualTop + margin && bottom <= this.virtualTop + this.viewport - margin) return;
    const isNear = bottom > this.virtualTop - this.viewport && top < this.virtualTop + 2 * this.viewport;
    if (isNear && top < this.virtualTop + margin) this.moveTo(top - margin);
    else if (isNear) this.moveTo(bottom + margin - this.viewport);
    else this.moveTo(top - (this.viewport - (bottom - top)) / 2);
  }

  /** The nearest asset in the row above or below; null at the ends. */
  vertical(index: number, step: 1 | -1): number | null {
    const position = this.map.sectionAt(index);
    const section = this.map.sections[position];
    if (!section) return null;
    const { layout } = this.layOut(position);
    const within = index - section.first;
    const centre = middleOf(layout, within);
    const line = layout.lines.findIndex((candidate) => contains(layout, candidate, within));
    const next = layout.lines[line + step];
    if (next) return section.first + nearest(layout, next, centre);
    const other = this.map.sections[position + step];
    if (!other) return null;
    const beyond = this.layOut(position + step).layout;
    const edge = beyond.lines[step > 0 ? 0 : beyond.lines.length - 1];
    return edge ? other.first + nearest(beyond, edge, centre) : null;
  }

  /** The asset at a point of the scrolled element; the nearest one with `nearby`. */
  indexAtPoint(left: number, top: number): number | null {
    const offset = top + this.space.shift;
    const position = this.heights.at(offset);
    const section = this.map.sections[position];
    if (!section) return null;
    const { layout } = this.layOut(position);
    const within = offset - this.heights.top(position);
    const line =
      layout.lines.find((candidate) => candidate.bottom >= within) ?? layout.lines[layout.lines.length - 1];
    return line ? section.first + nearest(layout, line, left) : null;
  }

  // --- inside ---------------------------------------------------------------------------------------------

  private get virtualTop(): number {
    return this.space.toVirtual(this.scrollTop);
  }

  private sectionOf(index: number): Section | null {
    if (index < 0 || index >= this.map.total) return null;
    return this.map.sections[this.map.sectionAt(index)] ?? null;
  }

  private commit(next: SectionMap, revision: string): void {
    const anchor = this.anchor();
    const isFirst = this.revision === null;
    this.waiting = null;
    this.stop('swap');
    this.revision = revision;
    this.adopt(next);
    if (isFirst) this.showKnown();
    if (anchor.kind === 'asset' && next.total > 0) this.newAbove += this.indexOfAnchor(anchor) - anchor.index;
    this.rebuildHeights();
    this.restore(anchor);
    this.compose();
  }

  /** What the source knows already is on the screen with the first drawing. */
  private showKnown(): void {
    const known = this.source.known?.slice(0, this.map.total) ?? [];
    if (!known[0] || known[0].day !== this.skeleton.days[0]) return;
    this.takeAlong(new Map(known.map((facts, index) => [index, facts])));
    this.hasLoaded = true;
  }

  private adopt(next: SectionMap): void {
    this.map = next;
    this.positions = new Map(next.sections.map((section, position) => [section.key, position]));
  }

  /** The asset at a point, or in the middle of the screen, and how far below the screen's top its middle is. */
  private focusAt(point: Point | null): { index: number; below: number } | null {
    if (!this.geometry || this.map.total === 0) return null;
    const top = point?.top ?? this.virtualTop - this.space.shift + this.viewport / 2;
    const index = this.indexAtPoint(point?.left ?? this.geometry.width / 2, top);
    if (index === null) return null;
    return { index, below: this.topOf(index) + this.boxHeight(index) / 2 - this.virtualTop };
  }

  private keepAt({ index, below }: { index: number; below: number }): void {
    for (let round = 0; round < 2; round++)
      this.moveTo(this.topOf(index) + this.boxHeight(index) / 2 - below);
    this.aimAt(index);
  }

  /** Keeps an asset where it is on the screen until what is around it is loaded. */
  private aimAt(index: number): void {
    const section = this.sectionOf(index);
    if (!section) return;
    const facts = this.assetAt(index);
    const day = facts?.day ?? dayOf(section, index - section.first);
    const inset = this.virtualTop - this.topOf(index);
    this.destination = { kind: 'asset', id: facts?.id ?? null, index, day, inset };
  }

  private loadedAround(index: number): Map<number, AssetFacts> {
    const known = new Map<number, AssetFacts>();
    for (let at = Math.max(0, index - TAKEN_ALONG); at < index + TAKEN_ALONG; at++) {
      const facts = this.assetAt(at);
      if (facts) known.set(at, facts);
    }
    return known;
  }

  private takeAlong(known: ReadonlyMap<number, AssetFacts>): void {
    for (const position of new Set([...known.keys()].map((index) => this.map.sectionAt(index)))) {
      const section = this.map.sections[position] as Section;
      const assets = Array.from({ length: section.count }, (_, at) => known.get(section.first + at) ?? null);
      this.cache.seed(section, assets);
    }
  }

  /** What the screen would show of a new state: the sections that it must not show half-loaded. */
  private neededOf(next: SectionMap): Section[] {
    const shown = this.view.sections;
    const newest = shown[0]?.section.fragments[0]?.day;
    const oldest = shown[shown.length - 1]?.section.fragments.at(-1)?.day;
    if (!newest || !oldest || next.total === 0 || !this.geometry) return [];
    const isAtTop = this.anchor().kind === 'top';
    const from = isAtTop ? 0 : next.sectionAt(Math.min(next.firstNotNewerThan(newest), next.total - 1));
    const needed: Section[] = [];
    let height = 0;
    for (let at = from; at < next.sections.length && height < this.viewport * 3; at++) {
      const section = next.sections[at] as Section;
      if ((section.fragments[0] as Fragment).day < oldest) break;
      needed.push(section);
      height += estimateHeight(section, this.ratio, this.geometry);
    }
    return needed;
  }

  private outdateChangedDays(skeleton: Skeleton): void {
    const changed = new Set<string>();
    skeleton.days.forEach((day, index) => {
      if (this.map.dayRange(day)?.count !== skeleton.counts[index]) changed.add(day);
    });
    this.cache.markStale((loaded) => loaded.assets.some((facts) => facts !== null && changed.has(facts.day)));
  }

  private get ratio(): number {
    return this.typicalRatio ?? TYPICAL_RATIO;
  }

  private rebuildHeights(): void {
    const { geometry } = this;
    const values = Float64Array.from(this.map.sections, (section) => {
      return geometry ? (this.measured.get(section.key) ?? estimateHeight(section, this.ratio, geometry)) : 0;
    });
    this.heights = new Heights(values);
    this.space.resize(this.heights.total, this.viewport);
  }

  private announce(): void {
    for (const listener of this.viewListeners) listener();
  }

  private sectionsLoaded(keys: readonly string[]): void {
    this.hasLoaded = true;
    this.learnRatio(keys);
    if (this.hidden.size > 0) for (const key of keys) this.showReturned(key);
    if (keys.some((key) => this.positions.has(key))) this.compose();
    if (this.destination && this.assetAt(this.destination.index)) this.destination = null;
    this.announce();
  }

  private showReturned(key: string): void {
    const section = this.map.sections[this.positions.get(key) ?? -1];
    const loaded = section && this.cache.get(section);
    for (const facts of loaded?.assets ?? []) {
      const agreedAt = facts && this.hidden.get(facts.id);
      if (!facts || !agreedAt || !loaded || agreedAt >= loaded.askedAt) continue;
      this.hidden.delete(facts.id);
      this.layouts.delete(key);
    }
  }

  /** The first pictures tell how this library looks on average; the guess is never changed again. */
  private learnRatio(keys: readonly string[]): void {
    if (this.typicalRatio !== null) return;
    const ratios = keys.flatMap((key) => {
      const section = this.map.sections[this.positions.get(key) ?? -1];
      const assets = section ? (this.cache.get(section)?.assets ?? []) : [];
      return assets.flatMap((facts) => (facts ? [gridRatio(facts.ratio)] : []));
    });
    if (ratios.length < 60) return;
    this.typicalRatio = ratios.reduce((sum, ratio) => sum + ratio, 0) / ratios.length;
    const anchor = this.anchor();
    this.rebuildHeights();
    this.restore(anchor);
  }

  private changeHidden(ids: Iterable<string>, change: (id: string) => unknown): void {
    const touched = new Set(ids);
    const anchor = this.anchor();
    for (const id of touched) change(id);
    for (const [key, laidOut] of this.layouts) {
      if (laidOut.loaded?.assets.some((facts) => facts && touched.has(facts.id))) this.layouts.delete(key);
    }
    this.compose(false, anchor);
    this.announce();
  }

  private setTroubled(troubled: boolean): void {
    if (this.troubled === troubled) return;
    this.troubled = troubled;
    this.compose();
  }

  /** Lays a section out from what is known of it. Changes its height, not the virtual offset. */
  private layOut(position: number): LaidOut {
    const section = this.map.sections[position] as Section;
    const loaded = this.cache.get(section);
    const known = this.layouts.get(section.key);
    if (known && known.loaded === loaded) return known;
    const sameShape = known && loaded && known.loaded && sameRatios(known.loaded, loaded);
    const layout = sameShape ? known.layout : this.computeLayout(section, loaded);
    const laidOut = { layout, loaded };
    this.layouts.delete(section.key);
    this.layouts.set(section.key, laidOut);
    this.measured.set(section.key, layout.height);
    this.heights.set(position, layout.height);
    return laidOut;
  }

  private computeLayout(section: Section, loaded: Loaded | null): SectionLayout {
    const ratios = Float64Array.from({ length: section.count }, (_, at) => {
      const facts = loaded?.assets[at];
      return facts ? gridRatio(facts.ratio) : this.ratio;
    });
    const hidden = (at: number) => {
      const facts = loaded?.assets[at];
      return facts !== null && facts !== undefined && this.hidden.has(facts.id);
    };
    return layoutSection(section, ratios, hidden, this.geometry as Geometry);
  }

  private anchor(): Anchor {
    const top = this.virtualTop;
    if (top < 2 || this.map.total === 0) return { kind: 'top' };
    if (this.destination) return this.destination;
    const position = this.heights.at(top);
    const section = this.map.sections[position] as Section;
    const laidOut = this.layouts.get(section.key);
    const within = top - this.heights.top(position);
    const index = section.first;
    const line = laidOut?.layout.lines.find((candidate) => candidate.bottom > within);
    if (!laidOut || !line)
      return { kind: 'part', index, part: within / Math.max(1, this.heights.height(position)) };
    const at = laidOut.layout.order[line.start] as number;
    const facts = laidOut.loaded?.assets[at] ?? null;
    const day = facts?.day ?? dayOf(section, at);
    return { kind: 'asset', id: facts?.id ?? null, index: index + at, day, inset: within - line.top };
  }

  /** Moves the virtual offset, not the screen, so that the anchor is where it was. */
  private restore(anchor: Anchor): void {
    this.space.resize(this.heights.total, this.viewport);
    if (this.map.total === 0) {
      this.space.shift = 0;
      return;
    }
    if (anchor.kind === 'top') return;
    const top =
      anchor.kind === 'asset'
        ? this.topOf(this.indexOfAnchor(anchor)) + anchor.inset
        : this.topOfPart(anchor);
    this.space.shift = Math.round(Math.min(this.space.reach, Math.max(0, top)) - this.scrollTop);
  }

  private indexOfAnchor(anchor: Anchor & { kind: 'asset' }): number {
    const known = anchor.id === null ? null : this.indexOf(anchor.id);
    if (known !== null)
      return this.isShown(known) ? known : (this.neighbour(known, 1) ?? this.neighbour(known, -1) ?? known);
    const range = this.map.dayRange(anchor.day);
    if (!range) return Math.min(this.map.firstNotNewerThan(anchor.day), this.map.total - 1);
    return Math.min(range.first + range.count - 1, Math.max(range.first, anchor.index));
  }

  private topOfPart(anchor: Anchor & { kind: 'part' }): number {
    const position = this.map.sectionAt(Math.min(anchor.index, this.map.total - 1));
    return this.heights.top(position) + anchor.part * this.heights.height(position);
  }

  /** The virtual offset of an asset's row. */
  private topOf(index: number): number {
    const position = this.map.sectionAt(index);
    const section = this.map.sections[position] as Section;
    if (!this.geometry) return 0;
    const { layout } = this.layOut(position);
    return this.heights.top(position) + (layout.boxes[(index - section.first) * 4 + 1] as number);
  }

  private boxHeight(index: number): number {
    const position = this.map.sectionAt(index);
    const section = this.map.sections[position] as Section;
    return this.layOut(position).layout.boxes[(index - section.first) * 4 + 3] as number;
  }

  private moveTo(virtualTop: number, canWait = false): void {
    this.destination = this.turnedAt = null;
    this.space.resize(this.heights.total, this.viewport);
    const { scrollTop, shift } = this.space.place(virtualTop);
    this.space.shift = shift;
    this.scrollTop = scrollTop;
    this.commandedScroll = { top: scrollTop, canWait };
    this.compose(true);
  }

  private settleIfIdle(): void {
    if (this.touching || !this.space.wantsSettling(this.scrollTop)) return;
    this.settle();
    this.compose();
  }

  private settle(): void {
    const { scrollTop, shift } = this.space.place(this.virtualTop);
    this.space.shift = shift;
    this.scrollTop = scrollTop;
    this.commandedScroll = { top: scrollTop, canWait: false };
  }

  /** Lays out what is on the screen, keeps the anchor in place and publishes the view. */
  private compose(far = false, anchor: Anchor = this.anchor()): void {
    if (!this.geometry) return;
    this.jumping = far;
    if (far) this.beyond = DRAWN_BEYOND_JUMPING;
    this.space.resize(this.heights.total, this.viewport);
    for (let round = 0; round < 4; round++) {
      const before = this.heights.version;
      for (const at of this.between(this.reachOf(this.beyond))) this.layOut(at);
      if (this.heights.version === before) break;
      this.restore(anchor);
    }
    this.publish();
    const delay = this.beyond < DRAWN_BEYOND ? A_FRAME : 0;
    this.later('want', far ? FAR_JUMP_DELAY : delay, () => this.rest());
    if (this.space.wantsSettling(this.scrollTop))
      this.later('settle', SETTLE_AFTER, () => this.settleIfIdle());
  }

  /** The screen stands still, or moves slowly: what is around it is loaded, and drawn when the screen itself is there. */
  private rest(): void {
    this.jumping = false;
    if (this.beyond < DRAWN_BEYOND && this.isScreenLoaded()) {
      this.beyond = Math.min(DRAWN_BEYOND, this.beyond + DRAWN_MORE);
      this.compose();
    }
    this.wantVisible();
  }

  private isScreenLoaded(): boolean {
    for (const at of this.between(this.reachOf(0)))
      if (!this.cache.get(this.map.sections[at] as Section)) return false;
    return true;
  }

  private reachOf(beyond: number): [from: number, to: number] {
    const margin = this.viewport * beyond;
    return [this.virtualTop - margin, this.virtualTop + this.viewport + margin];
  }

  /** The positions of the sections between two virtual offsets. */
  private *between([from, to]: readonly [number, number]): Generator<number> {
    const { length } = this.map.sections;
    for (let at = this.heights.at(from); at < length && this.heights.top(at) < to; at++) yield at;
  }

  private publish(): void {
    if (this.virtualTop < this.viewport / 2) this.newAbove = 0;
    const [from, to] = this.reachOf(this.beyond);
    const blank = this.map.total > 0 && !this.hasLoaded && !this.troubled;
    const positions = blank ? [] : this.between([from, to]);
    const sections = Array.from(positions, (at) => this.viewOf(at, from, to));
    const { density, troubled } = this;
    const roomy = this.geometry?.roomy ?? false;
    const view = { spacer: this.space.spacer, density, roomy, sections, blank, troubled };
    const changed = !sameView(this.view, view) || this.commandedScroll !== null;
    if (changed) this.view = view;
    this.forgetLayouts();
    if (changed) for (const listener of this.viewListeners) listener();
    for (const listener of this.scrollListeners) listener();
  }

  private viewOf(at: number, from: number, to: number): SectionView {
    const section = this.map.sections[at] as Section;
    const { layout, loaded } = this.layOut(at);
    const virtual = this.heights.top(at);
    const [firstLine, endLine] = linesBetween(layout, from - virtual, to - virtual);
    const next: SectionView = {
      section,
      top: virtual - this.space.shift,
      layout,
      loaded,
      firstLine,
      endLine,
    };
    const previous = this.view.sections.find((candidate) => candidate.section.key === section.key);
    return previous && sameSection(previous, next) ? previous : next;
  }

  private forgetLayouts(): void {
    for (const key of this.layouts.keys()) {
      if (this.layouts.size <= MOST_LAYOUTS) return;
      if (!this.view.sections.some((view) => view.section.key === key)) this.layouts.delete(key);
    }
  }

  private wantVisible(): void {
    if (!this.geometry) return;
    const inside: Section[] = [];
    const beyond: Section[] = [];
    for (const at of this.between(this.reachOf(LOADED_BEYOND))) {
      const section = this.map.sections[at] as Section;
      const isInside =
        this.heights.top(at) < this.virtualTop + this.viewport && this.heights.top(at + 1) > this.virtualTop;
      (isInside ? inside : beyond).push(section);
    }
    const wanted = [...inside, ...beyond];
    this.cache.want(wanted);
    const expiry = this.cache.earliestExpiry(wanted) - Date.now();
    if (expiry < 2 ** 31) this.later('expiry', Math.max(1_000, expiry), () => this.wantVisible());
  }

  private async findAmongEqual(
    id: string,
    middle: number,
    low: number,
    high: number,
  ): Promise<number | null> {
    for (let distance = 1; middle - distance >= low || middle + distance <= high; distance++) {
      for (const position of [middle - distance, middle + distance]) {
        const section = position >= low && position <= high ? this.map.sections[position] : undefined;
        if (!section) continue;
        const { assets } = await this.cache.load(section);
        const found = assets.findIndex((facts) => facts?.id === id);
        if (found >= 0) return section.first + found;
      }
    }
    return null;
  }

  private later(name: string, delay: number, work: () => void): void {
    clearTimeout(this.timers.get(name));
    const timer = setTimeout(() => {
      this.timers.delete(name);
      work();
    }, delay);
    this.timers.set(name, timer);
  }

  private stop(name: string): void {
    clearTimeout(this.timers.get(name));
    this.timers.delete(name);
  }
}

function sameView(one: GridView, other: GridView): boolean {
  return (
    one.spacer === other.spacer &&
    one.density === other.density &&
    one.roomy === other.roomy &&
    one.blank === other.blank &&
    one.troubled === other.troubled &&
    one.sections.length === other.sections.length &&
    one.sections.every((section, at) => section === other.sections[at])
  );
}

function sameSection(one: SectionView, other: SectionView): boolean {
  return (
    one.section === other.section &&
    one.top === other.top &&
    one.layout === other.layout &&
    one.loaded === other.loaded &&
    one.firstLine === other.firstLine &&
    one.endLine === other.endLine
  );
}

/** Fresh facts about the same pictures leave everything where it is. */
function sameRatios(one: Loaded, other: Loaded): boolean {
  return one.assets.every((facts, at) => {
    const fresh = other.assets[at];
    return facts?.id === fresh?.id && facts?.ratio === fresh?.ratio;
  });
}

function dayOf(section: Section, at: number): string {
  let left = at;
  const fragment = section.fragments.find((candidate) => {
    if (left < candidate.count) return true;
    left -= candidate.count;
    return false;
  });
  return (fragment ?? (section.fragments[0] as Fragment)).day;
}

function contains(layout: SectionLayout, line: Line, position: number): boolean {
  return layout.order.subarray(line.start, line.end).includes(position);
}

function middleOf(layout: SectionLayout, position: number): number {
  return (layout.boxes[position * 4] as number) + (layout.boxes[position * 4 + 2] as number) / 2;
}

/** The position in this line whose middle is nearest to a horizontal offset. */
function nearest(layout: SectionLayout, line: Line, left: number): number {
  const members = Array.from(layout.order.subarray(line.start, line.end));
  const distance = (position: number) => Math.abs(middleOf(layout, position) - left);
  return members.reduce((best, position) => (distance(position) < distance(best) ? position : best));
}
