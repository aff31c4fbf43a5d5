import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { geometryFor } from './geometry';
import { assetFacts } from './testing';
import { fetchFirstThumbs, ThumbQueue } from './thumbQueue';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function open() {
  const queue = new ThumbQueue();
  const image = document.createElement('img');
  const onBroken = vi.fn();
  const leave = queue.show(image, { blob: 'b', url: '/thumb', onBroken });
  vi.advanceTimersByTime(0);
  const fail = () => image.dispatchEvent(new Event('error'));
  return { queue, image, onBroken, leave, fail };
}

test('a thumb that did not come is tried again, at growing distances, and its window asked for once', () => {
  const { image, onBroken, fail } = open();
  for (const pause of [1_000, 2_000, 4_000]) {
    expect(image.getAttribute('src')).toBe('/thumb');
    fail();
    expect(image.getAttribute('src')).toBeNull();
    vi.advanceTimersByTime(pause - 1_000);
    expect(image.getAttribute('src')).toBeNull();
    vi.advanceTimersByTime(2_001);
  }
  expect(onBroken).toHaveBeenCalledOnce();
  image.dispatchEvent(new Event('load'));
  expect(image.dataset.loaded).toBeDefined();
});

test('what the browser has already is shown at once, without waiting for its event', () => {
  vi.spyOn(HTMLImageElement.prototype, 'complete', 'get').mockReturnValue(true);
  const width = vi.spyOn(HTMLImageElement.prototype, 'naturalWidth', 'get').mockReturnValue(0);
  expect(open().image.dataset.loaded).toBeUndefined();
  width.mockReturnValue(256);
  expect(open().image.dataset.loaded).toBe('instant');
  vi.restoreAllMocks();
});

test('the first thumbs travel ahead, no more than fill the screen', () => {
  const asked = vi.spyOn(HTMLImageElement.prototype, 'src', 'set');
  const assets = Array.from({ length: 200 }, (_, at) =>
    assetFacts({ id: String(at), ratio: 1.5, thumb: at === 1 ? '' : `/thumb/${at}` }),
  );
  fetchFirstThumbs(assets);
  const urls = asked.mock.calls.map(([url]) => url);
  expect(urls.slice(0, 3)).toEqual(['/thumb/0', '/thumb/2', '/thumb/3']);
  const area = urls.length * 1.5 * geometryFor(window.innerWidth).target ** 2;
  expect(area).toBeLessThan(window.innerWidth * window.innerHeight * 1.1);
  expect(area).toBeGreaterThan(window.innerWidth * window.innerHeight * 0.6);
  vi.restoreAllMocks();
});

test('it is tried at once when the network is back, and not any more when its tile has left', () => {
  const { queue, image, leave, fail } = open();
  fail();
  queue.retry();
  vi.advanceTimersByTime(0);
  expect(image.getAttribute('src')).toBe('/thumb');
  fail();
  leave();
  vi.advanceTimersByTime(60_000);
  expect(image.getAttribute('src')).toBeNull();
});
