import { useSuspenseQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import type { Space, User } from '@/api/types';
import { spacesQuery } from '@/features/spaces';
import { useAddress } from '@/shared/navigation';
import { lastSpace } from './lastSpace';

/** Where to begin: the space of the last visit while it is still theirs, else their own. */
export function homeSpace(spaces: readonly Space[], user: User): Space | null {
  const find = (id: string | null) => spaces.find((space) => space.id === id);
  return find(lastSpace.get()) ?? find(user.personal_space_id) ?? spaces[0] ?? null;
}

/** The id of the space in the address, whoever it belongs to. */
export function useSpaceId(): string | null {
  return /^\/s\/([^/]+)/.exec(useAddress().pathname)?.[1] ?? null;
}

/** The space of the address; null when it is not one of theirs (any more). */
export function useSpace(): Space | null {
  const id = useSpaceId();
  const { data: spaces } = useSuspenseQuery(spacesQuery);
  return spaces.find((space) => space.id === id) ?? null;
}

/** The names of the spaces that this page has seen, by id: who loses one is told which. */
const seen = new Map<string, string>();

export function useMemoryOfSpaces(spaces: readonly Space[]): void {
  useEffect(() => {
    for (const { id, name } of spaces) seen.set(id, name);
  }, [spaces]);
  useEffect(() => () => seen.clear(), []);
}

/** What the space of the address was called while it was theirs. */
export function useLostSpaceName(): string | null {
  const id = useSpaceId();
  return (id && seen.get(id)) ?? null;
}
