/** The changes that people make to one asset. */
import { api, call } from '@/api/client';
import type { Asset, AssetUpdate } from '@/api/types';

export function updateAsset(id: string, change: AssetUpdate): Promise<Asset> {
  return call(api.PATCH('/api/assets/{asset_id}', { params: { path: { asset_id: id } }, body: change }));
}

export function retryAsset(id: string): Promise<Asset> {
  return call(api.POST('/api/assets/{asset_id}/retry', { params: { path: { asset_id: id } } }));
}
