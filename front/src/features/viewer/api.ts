/** One asset with all its facts, and the changes that people make to it. */
import { queryOptions } from '@tanstack/react-query';
import { api, call } from '@/api/client';
import type { Asset, AssetUpdate } from '@/api/types';

export function assetQuery(id: string) {
  return queryOptions({
    queryKey: ['asset', id],
    queryFn: ({ signal }): Promise<Asset> =>
      call(api.GET('/api/assets/{asset_id}', { params: { path: { asset_id: id } }, signal })),
    // The addresses of originals work for some minutes only.
    staleTime: 120_000,
    gcTime: 240_000,
  });
}

export function updateAsset(id: string, change: AssetUpdate): Promise<Asset> {
  return call(api.PATCH('/api/assets/{asset_id}', { params: { path: { asset_id: id } }, body: change }));
}

export function retryAsset(id: string): Promise<Asset> {
  return call(api.POST('/api/assets/{asset_id}/retry', { params: { path: { asset_id: id } } }));
}
