/** Playing as browsers let us. */

/**
 * Begins to play, with sound when it is wanted and the browser allows it, silently otherwise. `onRefused` is called when
 * the browser does not even play silently by itself: then the person begins.
 */
export async function playOr(
  video: HTMLVideoElement,
  isLoud: boolean,
  onRefused?: () => void,
): Promise<void> {
  video.muted = !isLoud;
  try {
    await video.play();
  } catch (error) {
    if (!isRefusal(error)) return;
    if (video.muted) onRefused?.();
    else await playOr(video, false, onRefused);
  }
}

function isRefusal(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'NotAllowedError';
}

/** Plays or pauses. */
export function togglePlay(video: HTMLVideoElement): void {
  if (video.paused) void video.play().catch(() => undefined);
  else video.pause();
}

/** Moves a video by so many seconds. */
export function seekBy(video: HTMLVideoElement, seconds: number): void {
  const end = Number.isFinite(video.duration) ? video.duration : video.currentTime;
  video.currentTime = Math.max(0, Math.min(end, video.currentTime + seconds));
}
