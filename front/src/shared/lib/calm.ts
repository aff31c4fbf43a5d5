/**
 * The moment after which the page may fetch what it does not need for the first photos: they have been drawn, there are
 * none to wait for, or somebody wants it now. Where photos never come, it comes by the clock: not sooner than a slow phone
 * on a slow line has its first photo, since what is fetched besides would only delay that.
 */
const LONGEST_MS = 15_000;
/** Photos that are on their way follow each other more closely, even on a slow line. */
const PAUSE_MS = 400;

let resolveCalm: () => void = () => undefined;

export const calm = new Promise<void>((resolve) => {
  resolveCalm = resolve;
});

/** Does not wait any longer. */
export function hurry(): void {
  clearTimeout(timer);
  clearTimeout(pause);
  document.removeEventListener('load', onLoad, { capture: true });
  resolveCalm();
}

function onLoad(event: Event): void {
  if (!(event.target instanceof HTMLImageElement && isPhoto(event.target.currentSrc))) return;
  clearTimeout(pause);
  pause = setTimeout(hurry, PAUSE_MS);
}

function isPhoto(source: string): boolean {
  return source.includes('/media/') || source.startsWith('blob:');
}

let pause: ReturnType<typeof setTimeout> | undefined;
const timer = setTimeout(hurry, LONGEST_MS);
// "load" does not bubble, but can be seen on its way down.
document.addEventListener('load', onLoad, { capture: true });
