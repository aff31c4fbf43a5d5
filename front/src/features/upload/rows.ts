import { type Section, sectionOf, type UploadItem } from './model';

/** A line of the list: the head of a section, or one file. */
export type Row =
  | {
      readonly kind: 'section';
      readonly section: Section;
      readonly items: readonly UploadItem[];
      readonly open: boolean;
    }
  | { readonly kind: 'item'; readonly section: Section; readonly item: UploadItem };

const ORDER: readonly Section[] = ['attention', 'active', 'waiting', 'finished'];
/** A queue longer than this is folded, so that what is finished can be reached below it. */
export const FOLDED_FROM = 30;

export const ROW_HEIGHTS = { section: 44, item: 64, attention: 76 } as const;

/** What needs a person first, then what moves, then what waits, then what is done (the latest first). */
export function rowsOf(items: readonly UploadItem[], folded: Partial<Record<Section, boolean>>): Row[] {
  const bySection = new Map<Section, UploadItem[]>();
  for (const item of items) {
    const section = sectionOf(item.state);
    const list = bySection.get(section);
    if (list) {
      list.push(item);
    } else {
      bySection.set(section, [item]);
    }
  }
  bySection.get('finished')?.reverse();
  return ORDER.flatMap((section) => sectionRows(section, bySection.get(section) ?? [], folded[section]));
}

function sectionRows(section: Section, items: readonly UploadItem[], folded: boolean | undefined): Row[] {
  if (items.length === 0) {
    return [];
  }
  const open = !(folded ?? (section === 'waiting' && items.length > FOLDED_FROM));
  const head: Row = { kind: 'section', section, items, open };
  return open ? [head, ...items.map((item): Row => ({ kind: 'item', section, item }))] : [head];
}

export function heightOf(row: Row): number {
  if (row.kind === 'section') {
    return ROW_HEIGHTS.section;
  }
  return row.section === 'attention' ? ROW_HEIGHTS.attention : ROW_HEIGHTS.item;
}

export interface Placed {
  readonly row: Row;
  readonly index: number;
  /** Pixels from the top of the list. */
  readonly top: number;
}

/** The rows that touch the given stretch of the list, and the height of all of them. */
export function visibleRows(
  rows: readonly Row[],
  from: number,
  to: number,
): { placed: Placed[]; height: number } {
  const placed: Placed[] = [];
  let top = 0;
  for (const [index, row] of rows.entries()) {
    const bottom = top + heightOf(row);
    if (bottom > from && top < to) {
      placed.push({ row, index, top });
    }
    top = bottom;
  }
  return { placed, height: top };
}
