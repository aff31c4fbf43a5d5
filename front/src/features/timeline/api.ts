/** The timeline's counts, and everything that can be done to many assets at once. */
import { queryOptions } from '@tanstack/react-query';
import { api, call } from '@/api/client';
import type { DateEdit, Download, PlaceEdit, TimelineView } from '@/api/types';
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

/** What came of work in batches: what it has reached, the answers, and why it ended before the rest. */
export interface Outcome<T> {
  readonly done: readonly string[];
  readonly answers: readonly T[];
  /** null when nothing is left. */
  readonly error: unknown;
}

/** Calls `work` for at most BATCH ids at a time, one batch after the other, until one of them fails. */
async function inBatches<T>(
  ids: readonly string[],
  work: (ids: string[]) => Promise<T>,
): Promise<Outcome<T>> {
  const answers: T[] = [];
  for (let at = 0; at < ids.length; at += BATCH) {
    try {
      answers.push(await work(ids.slice(at, at + BATCH)));
    } catch (error) {
      return { done: ids.slice(0, at), answers, error };
    }
  }
  return { done: ids, answers, error: null };
}

export function trashAssets(ids: readonly string[]): Promise<Outcome<unknown>> {
  return inBatches(ids, (batch) => call(api.POST('/api/assets/trash', { body: { ids: batch } })));
}

export function restoreAssets(ids: readonly string[]): Promise<Outcome<unknown>> {
  return inBatches(ids, (batch) => call(api.POST('/api/assets/restore', { body: { ids: batch } })));
}

export function purgeAssets(ids: readonly string[]): Promise<Outcome<unknown>> {
  return inBatches(ids, (batch) => call(api.POST('/api/assets/purge', { body: { ids: batch } })));
}

export function favouriteAssets(ids: readonly string[], favourite: boolean): Promise<Outcome<unknown>> {
  return inBatches(ids, (batch) =>
    call(api.POST('/api/assets/favourite', { body: { ids: batch, favourite } })),
  );
}

export function archiveAssets(ids: readonly string[], archived: boolean): Promise<Outcome<unknown>> {
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

export function dateAssets(ids: readonly string[], date: NewDate): Promise<Outcome<Edited>> {
  return inBatches(ids, (batch) => call(api.POST('/api/assets/date', { body: { ids: batch, ...date } })));
}

export function placeAssets(ids: readonly string[], place: NewPlace): Promise<Outcome<Edited>> {
  return inBatches(ids, (batch) => call(api.POST('/api/assets/place', { body: { ids: batch, ...place } })));
}

export function bringAssets(
  ids: readonly string[],
  way: 'move' | 'copy',
  spaceId: string,
  revive: boolean,
): Promise<Outcome<Brought>> {
  return inBatches(ids, (batch) =>
    call(api.POST(`/api/assets/${way}`, { body: { ids: batch, space_id: spaceId, revive } })),
  );
}

export function undoEdits(activities: readonly string[]): Promise<Outcome<unknown>> {
  return inBatches(activities, (batch) =>
    call(api.POST('/api/assets/undo', { body: { activity_ids: batch } })),
  );
}

export function prepareDownload(ids: readonly string[]): Promise<Download> {
  return call(api.POST('/api/assets/download', { body: { ids: [...ids] } }));
}
