/** What the keeper of the installation sees. */
import { queryOptions } from '@tanstack/react-query';
import { api, call } from '@/api/client';
import type { DeadLetter, Keeping, OperatorStatus } from '@/api/types';

export const OPERATOR_KEY = ['operator'] as const;

export const statusQuery = queryOptions({
  queryKey: [...OPERATOR_KEY, 'status'],
  queryFn: ({ signal }): Promise<OperatorStatus> => call(api.GET('/api/operator/status', { signal })),
  refetchInterval: 10_000,
});

export const keepingQuery = queryOptions({
  queryKey: [...OPERATOR_KEY, 'keeping'],
  queryFn: ({ signal }): Promise<Keeping> => call(api.GET('/api/operator/keeping', { signal })),
  refetchInterval: 60_000,
});

export const deadLettersQuery = queryOptions({
  queryKey: [...OPERATOR_KEY, 'dead-letters'],
  queryFn: async ({ signal }): Promise<DeadLetter[]> =>
    (await call(api.GET('/api/operator/dead-letters', { signal }))).items,
});

export async function retryDeadLetter(blobId: string): Promise<void> {
  await call(
    api.POST('/api/operator/dead-letters/{blob_id}/retry', { params: { path: { blob_id: blobId } } }),
  );
}
