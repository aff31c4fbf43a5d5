import { describe, expect, test } from 'vitest';
import { clamp, doubleTapScale, fitInto, mostScale, rubber, WHOLE, zoomAt } from './zoom';

const stage = { width: 1000, height: 600 };

test('a picture fits by its longer side', () => {
  expect(fitInto(2, stage)).toEqual({ width: 1000, height: 500 });
  expect(fitInto(0.5, stage)).toEqual({ width: 300, height: 600 });
});

describe('zoomAt', () => {
  test('keeps what is under the finger under the finger', () => {
    const point = { x: 210, y: -130 };
    const before = { scale: 1.5, x: 40, y: 25 };
    const after = zoomAt(before, 4, point);
    const under = (zoom: typeof before) => [(point.x - zoom.x) / zoom.scale, (point.y - zoom.y) / zoom.scale];
    expect(under(after)[0]).toBeCloseTo(under(before)[0] ?? 0, 9);
    expect(under(after)[1]).toBeCloseTo(under(before)[1] ?? 0, 9);
  });
});

describe('clamp', () => {
  const fitted = fitInto(2, stage);

  test('the whole picture lies in the middle', () => {
    expect(clamp({ scale: 1, x: 80, y: -60 }, fitted, stage, 5)).toEqual(WHOLE);
    expect(clamp({ scale: 0.4, x: 80, y: -60 }, fitted, stage, 5)).toEqual(WHOLE);
  });

  test('an enlarged picture leaves no empty space beside it', () => {
    expect(clamp({ scale: 2, x: 9000, y: -9000 }, fitted, stage, 5)).toEqual({ scale: 2, x: 500, y: -200 });
  });

  test('a side that still fits is not moved', () => {
    expect(clamp({ scale: 1.1, x: 0, y: 200 }, fitted, stage, 5)).toEqual({ scale: 1.1, x: 0, y: 0 });
  });

  test('no further than the most', () => {
    expect(clamp({ scale: 50, x: 0, y: 0 }, fitted, stage, 5).scale).toBe(5);
  });
});

test('large originals may be enlarged further than small ones', () => {
  const fitted = fitInto(1.5, stage);
  expect(mostScale(fitted, 9000, 1)).toBeCloseTo(20, 5);
  expect(mostScale(fitted, 9000, 3)).toBeCloseTo(6.67, 2);
  expect(mostScale(fitted, null, 1)).toBe(3);
  expect(mostScale(fitted, 300, 1)).toBe(3);
});

test('a double tap shows pixel for pixel, but is always a clear step', () => {
  const fitted = fitInto(1.5, stage);
  expect(doubleTapScale(fitted, 3600, 1)).toBe(4);
  expect(doubleTapScale(fitted, 40_000, 1)).toBe(5);
  expect(doubleTapScale(fitted, 500, 1)).toBe(2);
  expect(doubleTapScale(fitted, null, 1)).toBe(2);
});

test('past a limit movement gets ever harder', () => {
  expect(rubber(0, 1000)).toBe(0);
  expect(rubber(100, 1000)).toBeLessThan(60);
  expect(rubber(10_000, 1000)).toBeLessThan(1000);
  expect(rubber(-100, 1000)).toBe(-rubber(100, 1000));
});
