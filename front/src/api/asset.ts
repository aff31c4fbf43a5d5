/** One asset with all its facts, wherever they are looked at. */
import { type QueryClient, queryOptions } from '@tanstack/react-query';
import { api, call } from './client';
import type { Asset } from './types';

const ASSET_KEY = ['asset'] as const;

export function assetQuery(id: string) {
  return queryOptions({
    queryKey: [...ASSET_KEY, id],
    queryFn: ({ signal }): Promise<Asset> =>
      call(api.GET('/api/assets/{asset_id}', { params: { path: { asset_id: id } }, signal })),
    // The addresses of originals work for some minutes only.
    staleTime: 120_000,
    gcTime: 240_000,
  });
}

/** These have changed on the server: those on the screen are asked for again, others when they are next needed. */
export function outdateAssets(queries: QueryClient, ids: Iterable<string>): void {
  const changed = new Set(ids);
  const predicate = ({ queryKey }: { queryKey: readonly unknown[] }) => changed.has(queryKey[1] as string);
  void queries.invalidateQueries({ queryKey: ASSET_KEY, predicate });
}
