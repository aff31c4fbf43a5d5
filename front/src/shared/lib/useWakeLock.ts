import { useEffect } from 'react';

/** Keeps the screen on while `wanted`: a phone that sleeps stops sending, and shows no slideshow. */
export function useWakeLock(wanted: boolean): void {
  useEffect(() => {
    const locks: WakeLock | undefined = navigator.wakeLock;
    if (!wanted || !locks) return;
    let lock: WakeLockSentinel | null = null;
    let over = false;
    const take = async () => {
      if (document.visibilityState !== 'visible') return;
      lock = await locks.request('screen').catch(() => null);
      if (over) await lock?.release();
    };
    const retake = () => void take();
    void take();
    document.addEventListener('visibilitychange', retake);
    return () => {
      over = true;
      document.removeEventListener('visibilitychange', retake);
      void lock?.release();
    };
  }, [wanted]);
}
