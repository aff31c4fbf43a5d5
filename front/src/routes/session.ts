import { useSyncExternalStore } from 'react';
import { sessionState, subscribeToSession } from '@/api/session';
import type { User } from '@/api/types';

/** Who is signed in, as it changes; null when nobody is (any more). */
export function useUser(): User | null {
  const state = useSyncExternalStore(subscribeToSession, sessionState);
  return state.status === 'signed-in' ? state.user : null;
}
