/** What the keeper of the installation sees. */
import { queryOptions } from '@tanstack/react-query';
import { api, call } from '@/api/client';
import type { DeadLetter } from '@/api/types';

export const deadLettersQuery = queryOptions({
  queryKey: ['operator', 'dead-letters'],
  queryFn: async ({ signal }): Promise<DeadLetter[]> =>
    (await call(api.GET('/api/operator/dead-letters', { signal }))).items,
});

export async function retryDeadLetter(blobId: string): Promise<void> {
  await call(
    api.POST('/api/operator/dead-letters/{blob_id}/retry', { params: { path: { blob_id: blobId } } }),
  );
}
