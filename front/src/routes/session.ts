import { useSyncExternalStore } from 'react';
import { type SessionState, sessionState, subscribeToSession } from '@/api/session';
import type { User } from '@/api/types';

/** Who is signed in, as it changes; null when nobody is (any more). */
export function useUser(): User | null {
  const state = useSession();
  return state.status === 'signed-in' ? state.user : null;
}

export function useSession(): SessionState {
  return useSyncExternalStore(subscribeToSession, sessionState);
}
