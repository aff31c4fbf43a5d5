/** The timeline's counts, and everything that can be done to many assets at once. */
import { queryOptions } from '@tanstack/react-query';
import { api, call } from '@/api/client';
import type { Asset, DateEdit, Download, PlaceEdit, TimelineView } from '@/api/types';
import type { Skeleton } from '@/gallery/source';

export const TIMELINE_KEY = ['timeline'] as const;

/** The most ids that one request may carry. */
const BATCH = 1000;
/** The most originals that one ZIP may hold. */
export const MOST_FILES = 5000;

export function skeletonQuery(spaceId: string, view: TimelineView) {
  return queryOptions({
    queryKey: [...TIMELINE_KEY, spaceId, view],
    queryFn: ({ signal }): Promise<Skeleton> =>
      call(api.GET('/api/timeline', { params: { query: { space_id: [spaceId], view } }, signal })),
    staleTime: 30_000,
    // Twenty thousand days need not be compared one by one: `revision` says whether anything changed.
    structuralSharing: false,
  });
}

/** Calls `work` for at most BATCH ids at a time, one batch after the other. */
async function inBatches(ids: readonly string[], work: (ids: string[]) => Promise<unknown>): Promise<void> {
  for (let at = 0; at < ids.length; at += BATCH) await work(ids.slice(at, at + BATCH));
}

export function trashAssets(ids: readonly string[]): Promise<void> {
  return inBatches(ids, (batch) => call(api.POST('/api/assets/trash', { body: { ids: batch } })));
}

export function restoreAssets(ids: readonly string[]): Promise<void> {
  return inBatches(ids, (batch) => call(api.POST('/api/assets/restore', { body: { ids: batch } })));
}

export function purgeAssets(ids: readonly string[]): Promise<void> {
  return inBatches(ids, (batch) => call(api.POST('/api/assets/purge', { body: { ids: batch } })));
}

export function favouriteAssets(ids: readonly string[], favourite: boolean): Promise<void> {
  return inBatches(ids, (batch) =>
    call(api.POST('/api/assets/favourite', { body: { ids: batch, favourite } })),
  );
}

export function archiveAssets(ids: readonly string[], archived: boolean): Promise<void> {
  return inBatches(ids, (batch) => call(api.POST('/api/assets/archive', { body: { ids: batch, archived } })));
}

export type NewDate = Omit<DateEdit, 'ids'>;
export type NewPlace = Omit<PlaceEdit, 'ids'>;

/** What came of an edit, and what to give `undoEdits` to take it back. */
export interface Edited {
  readonly changed: number;
  readonly undo: readonly string[];
}

export interface Brought extends Edited {
  /** So many were there already. */
  readonly present: number;
  /** The ids of those that had been deleted there on purpose. */
  readonly deleted: readonly string[];
}

export function dateAssets(ids: readonly string[], date: NewDate): Promise<Edited> {
  return edited(ids, (batch) => call(api.POST('/api/assets/date', { body: { ids: batch, ...date } })));
}

export function placeAssets(ids: readonly string[], place: NewPlace): Promise<Edited> {
  return edited(ids, (batch) => call(api.POST('/api/assets/place', { body: { ids: batch, ...place } })));
}

export async function bringAssets(
  ids: readonly string[],
  way: 'move' | 'copy',
  spaceId: string,
  revive: boolean,
): Promise<Brought> {
  const parts: Brought[] = [];
  await inBatches(ids, async (batch) => {
    const body = { ids: batch, space_id: spaceId, revive };
    parts.push(await call(api.POST(`/api/assets/${way}`, { body })));
  });
  return {
    ...together(parts),
    present: parts.reduce((sum, part) => sum + part.present, 0),
    deleted: parts.flatMap((part) => part.deleted),
  };
}

async function edited(ids: readonly string[], work: (ids: string[]) => Promise<Edited>): Promise<Edited> {
  const parts: Edited[] = [];
  await inBatches(ids, async (batch) => parts.push(await work(batch)));
  return together(parts);
}

function together(parts: readonly Edited[]): Edited {
  return {
    changed: parts.reduce((sum, part) => sum + part.changed, 0),
    undo: parts.flatMap((part) => part.undo),
  };
}

export async function undoEdits(activities: readonly string[]): Promise<void> {
  await call(api.POST('/api/assets/undo', { body: { activity_ids: [...activities] } }));
}

export function prepareDownload(ids: readonly string[]): Promise<Download> {
  return call(api.POST('/api/assets/download', { body: { ids: [...ids] } }));
}

export function fetchAsset(id: string, signal?: AbortSignal): Promise<Asset> {
  const params = { path: { asset_id: id } };
  return call(api.GET('/api/assets/{asset_id}', { params, ...(signal ? { signal } : {}) }));
}
