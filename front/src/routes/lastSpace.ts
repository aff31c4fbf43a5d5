import type { Space, User } from '@/api/types';
import { stored } from '@/shared/lib/useStored';

/** The space that was open last on this device. */
export const lastSpace = stored<string>('gallery.space', (value): value is string => value.length > 0);

/** Where to begin: the space of the last visit while it is still theirs, else their own. */
export function homeSpace(spaces: readonly Space[], user: User): Space | null {
  const find = (id: string | null) => spaces.find((space) => space.id === id);
  return find(lastSpace.get()) ?? find(user.personal_space_id) ?? spaces[0] ?? null;
}
