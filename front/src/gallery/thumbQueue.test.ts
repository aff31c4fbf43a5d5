import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ThumbQueue } from './thumbQueue';

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
