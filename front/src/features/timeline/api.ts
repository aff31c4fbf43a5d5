/** The timeline's counts, and everything that can be done to many assets at once. */
import { queryOptions } from '@tanstack/react-query';
import { api, call } from '@/api/client';
import type { Asset, TimelineView } from '@/api/types';
import type { Skeleton } from '@/gallery/source';

export const TIMELINE_KEY = ['timeline'] as const;

/** The most ids that one request may carry. */
const BATCH = 1000;
/** Requests at the same time where the server takes one asset at a time. */
const PARALLEL = 6;

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

/** One request per asset, some at a time. */
export async function archiveAssets(ids: readonly string[], archived: boolean): Promise<void> {
  const queue = ids.values();
  const work = async () => {
    for (const id of queue) {
      const params = { path: { asset_id: id } };
      await call(api.PATCH('/api/assets/{asset_id}', { params, body: { archived } }));
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, work));
}

export function fetchAsset(id: string, signal?: AbortSignal): Promise<Asset> {
  const params = { path: { asset_id: id } };
  return call(api.GET('/api/assets/{asset_id}', { params, ...(signal ? { signal } : {}) }));
}
