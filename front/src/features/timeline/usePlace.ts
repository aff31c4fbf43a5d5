import { useEffect, useLayoutEffect, useRef } from 'react';
import type { GridModel } from '@/gallery/gridModel';
import { storedPlace, storePlace } from './place';

const SAVE_DELAY = 250;

/**
 * Remembers for this tab where one was reading, and goes back there after a reload or another page. While the grid is
 * not shown, it keeps still.
 */
export function usePlace(model: GridModel, key: string, isShown: boolean): void {
  const isRestored = useRef(false);

  useLayoutEffect(() => {
    if (!isShown || isRestored.current) return;
    isRestored.current = true;
    const place = storedPlace(key);
    if (place) model.goTo(place);
  }, [model, key, isShown]);

  useEffect(() => {
    if (!isShown) return undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const save = () => {
      timer = undefined;
      if (isRestored.current) storePlace(key, model.place());
    };
    const later = () => {
      timer ??= setTimeout(save, SAVE_DELAY);
    };
    const unsubscribe = model.subscribeToScroll(later);
    window.addEventListener('pagehide', save);
    return () => {
      if (timer !== undefined) save();
      clearTimeout(timer);
      unsubscribe();
      window.removeEventListener('pagehide', save);
    };
  }, [model, key, isShown]);
}
