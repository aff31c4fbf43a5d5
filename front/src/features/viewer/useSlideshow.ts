import { useEffect, useEffectEvent, useState, useSyncExternalStore } from 'react';
import { playOr } from '@/gallery/viewer/playback';
import { isSoundWanted } from '@/gallery/viewer/sound';
import { stored, useStored } from '@/shared/lib/useStored';

/** How long each picture stays, in seconds. */
export const INTERVALS = ['3', '5', '10', '30'] as const;
export type Interval = (typeof INTERVALS)[number];

const interval = stored<Interval>('gallery.slideshow', (value): value is Interval =>
  INTERVALS.some((one) => one === value),
);

export interface Slideshow {
  readonly state: 'off' | 'playing' | 'paused';
  readonly interval: Interval;
  setInterval: (interval: Interval) => void;
  start: () => void;
  stop: () => void;
  pause: () => void;
  goOn: () => void;
}

interface Shown {
  id: string;
  /** Whether the open picture is there, and the next one can follow. */
  isReady: boolean;
  /** The player, when a video is open: it is shown to its end. */
  video: HTMLVideoElement | null;
  /** Opens the next one; false when there is no other. */
  advance: () => boolean;
}

/** Opens one asset after the other while somebody can see it. */
export function useSlideshow({ id, isReady, video, advance }: Shown): Slideshow {
  const [state, setState] = useState<Slideshow['state']>('off');
  const chosen = useStored(interval) ?? '5';
  const isSeen = useSyncExternalStore(subscribeToSight, () => document.visibilityState === 'visible');
  const runs = state === 'playing' && isSeen;
  const next = useEffectEvent(() => {
    if (!advance()) setState('off');
  });

  // biome-ignore lint/correctness/useExhaustiveDependencies: each picture has its own time
  useEffect(() => {
    if (!runs || !isReady || video) return undefined;
    const timer = setTimeout(() => next(), Number(chosen) * 1000);
    return () => clearTimeout(timer);
  }, [runs, isReady, video, chosen, id]);

  useEffect(() => {
    if (!video || state === 'off') return;
    if (!runs) video.pause();
    else if (video.paused && !video.ended) void playOr(video, isSoundWanted());
  }, [video, state, runs]);

  useEffect(() => {
    if (!video || !runs || !isReady) return undefined;
    if (video.ended) next();
    const ended = () => next();
    video.addEventListener('ended', ended);
    return () => video.removeEventListener('ended', ended);
  }, [video, runs, isReady]);

  return {
    state,
    interval: chosen,
    setInterval: (value) => interval.set(value),
    start: () => setState('playing'),
    stop: () => setState('off'),
    pause: () => setState((now) => (now === 'off' ? now : 'paused')),
    goOn: () => setState((now) => (now === 'off' ? now : 'playing')),
  };
}

function subscribeToSight(listener: () => void): () => void {
  document.addEventListener('visibilitychange', listener);
  return () => document.removeEventListener('visibilitychange', listener);
}
