import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { outdateAssets } from '@/api/asset';
import { subscribeToEvents } from '@/api/events';
import { TIMELINE_KEY } from './api';

/** While photos pour in, the counts are asked for at most this often, in milliseconds. */
const PACE = 1_000;
const FIRST = 150;

/** Asks for the counts again when something in the space has changed, or may have while nobody listened. */
export function useLiveSkeleton(spaceId: string): void {
  const queries = useQueryClient();
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let lastAt = Number.NEGATIVE_INFINITY;
    const refetch = () => {
      timer = undefined;
      lastAt = performance.now();
      void queries.invalidateQueries({ queryKey: [...TIMELINE_KEY, spaceId] });
    };
    const unsubscribe = subscribeToEvents((event) => {
      if (event.type === 'assets') outdateAssets(queries, event.ids);
      if (event.type === 'spaces' || (event.type === 'assets' && event.spaceId !== spaceId)) return;
      timer ??= setTimeout(refetch, Math.max(FIRST, lastAt + PACE - performance.now()));
    });
    return () => {
      clearTimeout(timer);
      unsubscribe();
    };
  }, [queries, spaceId]);
}
