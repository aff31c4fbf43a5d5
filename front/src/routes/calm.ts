/**
 * The moment after which the page may fetch what it does not need for the first photos: one of them has been
 * drawn, or there is none to wait for.
 */
const LONGEST_MS = 3000;

export const calm = new Promise<void>((resolve) => {
  const timer = setTimeout(done, LONGEST_MS);
  const onLoad = (event: Event) =>
    event.target instanceof HTMLImageElement && isPhoto(event.target) && done();
  // "load" does not bubble, but can be seen on its way down.
  document.addEventListener('load', onLoad, { capture: true });
  function done() {
    clearTimeout(timer);
    document.removeEventListener('load', onLoad, { capture: true });
    resolve();
  }
});

function isPhoto(image: HTMLImageElement): boolean {
  return image.currentSrc.includes('/media/') || image.currentSrc.startsWith('blob:');
}
