import { queryOptions, useSuspenseQuery } from '@tanstack/react-query';
import { useSyncExternalStore } from 'react';
import { personOf, resumeSession, type SessionState, sessionState, subscribeToSession } from '@/api/session';
import type { User } from '@/api/types';
import { freshlyLaunched } from '@/features/account/max';

/** Finds out once per visit who is signed in. A launch from MAX is not looked behind: its person comes first. */
export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: async () => (freshlyLaunched() ? null : resumeSession()),
  staleTime: Number.POSITIVE_INFINITY,
  gcTime: Number.POSITIVE_INFINITY,
  retry: 1,
});

/** Whether somebody is signed in, as it changes. Suspends until it is known; throws when nobody can say. */
export function useSession(): Exclude<SessionState, { status: 'unknown' }> {
  useSuspenseQuery(sessionQuery);
  const state = useSyncExternalStore(subscribeToSession, sessionState);
  return state.status === 'unknown' || freshlyLaunched() ? { status: 'signed-out', why: 'absent' } : state;
}

/** Whose page this is; null when nobody is signed in (any more). Who has to sign in again is still there. */
export function useUser(): User | null {
  return personOf(useSession());
}
