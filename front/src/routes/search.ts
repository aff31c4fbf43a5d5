import type { TimelineView } from '@/api/types';

/** Search parameters of every page that shows a timeline. */
export interface PhotoSearch {
  /** The asset open in the viewer. */
  photo?: string;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export function photoSearch(search: Record<string, unknown>): PhotoSearch {
  return typeof search.photo === 'string' && UUID.test(search.photo) ? { photo: search.photo } : {};
}

/** The views that have a page of their own; "all" is the timeline itself. */
export const VIEWS = ['favourites', 'archive', 'trash'] as const satisfies readonly TimelineView[];
