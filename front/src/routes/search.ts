/** What the addresses carry after "?". */
import { safeReturn } from '@/shared/lib/safeReturn';

/** Search parameters of every page that shows a timeline. */
export interface PhotoSearch {
  /** The asset open in the viewer. */
  photo?: string;
}

export interface SignInSearch {
  /** The path to return to. */
  return?: string;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export function photoSearch(search: Record<string, unknown>): PhotoSearch {
  return typeof search.photo === 'string' && UUID.test(search.photo) ? { photo: search.photo } : {};
}

export function signInSearch(search: Record<string, unknown>): SignInSearch {
  const path = safeReturn(search.return);
  return path === null ? {} : { return: path };
}
