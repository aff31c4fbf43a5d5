import { describe, expect, test } from 'vitest';
import { ScrollSpace } from './scrollSpace';

const VIEWPORT = 900;

function spaceOf(height: number): ScrollSpace {
  const space = new ScrollSpace(4_000_000);
  space.resize(height, VIEWPORT);
  return space;
}

/** Jumps, and says what the screen then shows. */
function jump(space: ScrollSpace, top: number): { scrollTop: number; shown: number } {
  const { scrollTop, shift } = space.place(top);
  space.shift = shift;
  return { scrollTop, shown: space.toVirtual(scrollTop) };
}

describe('ScrollSpace', () => {
  test('a small library scrolls one to one', () => {
    const space = spaceOf(120_000);
    expect(jump(space, 60_000)).toEqual({ scrollTop: 60_000, shown: 60_000 });
    expect(space.shift).toBe(0);
    expect(space.spacer).toBe(120_000);
  });

  test('eighty million pixels fit into an element that browsers can make', () => {
    const space = spaceOf(80_000_000);
    for (const top of [0, 1, 1_999_999, 2_000_001, 40_000_000.5, 77_999_999, 79_999_100]) {
      const { scrollTop, shown } = jump(space, top);
      expect(shown).toBeCloseTo(top, 6);
      expect(scrollTop).toBeGreaterThanOrEqual(0);
      expect(scrollTop + VIEWPORT).toBeLessThanOrEqual(space.spacer);
      expect(space.spacer).toBeLessThanOrEqual(4_000_000);
    }
  });

  test('both ends are true ends', () => {
    const space = spaceOf(80_000_000);
    expect(jump(space, -50)).toEqual({ scrollTop: 0, shown: 0 });
    expect(space.mustSettle(0)).toBe(false);
    const { scrollTop, shown } = jump(space, 1e12);
    expect(shown).toBe(80_000_000 - VIEWPORT);
    expect(scrollTop + VIEWPORT).toBe(space.spacer);
    expect(space.mustSettle(scrollTop)).toBe(false);
  });

  test('scrolling on by hand never meets a false end', () => {
    const space = spaceOf(80_000_000);
    let { scrollTop } = jump(space, 40_000_000);
    let shown = space.toVirtual(scrollTop);
    for (let step = 0; step < 12_000; step++) {
      scrollTop -= 700;
      expect(scrollTop).toBeGreaterThanOrEqual(0);
      expect(space.toVirtual(scrollTop)).toBeCloseTo(shown - 700, 6);
      shown -= 700;
      if (space.mustSettle(scrollTop)) scrollTop = jump(space, shown).scrollTop;
    }
    expect(shown).toBe(40_000_000 - 12_000 * 700);
  });

  test('a shift that a small library has absorbed wants to be given back', () => {
    const space = spaceOf(120_000);
    space.shift = -300;
    expect(space.wantsSettling(60_000)).toBe(true);
    expect(space.mustSettle(60_000)).toBe(false);
    expect(space.mustSettle(500)).toBe(true);
    const shown = space.toVirtual(60_000);
    expect(jump(space, shown).shown).toBe(shown);
    expect(space.wantsSettling(shown)).toBe(false);
  });

  test('less content than screen', () => {
    const space = spaceOf(300);
    expect(space.reach).toBe(0);
    expect(jump(space, 200)).toEqual({ scrollTop: 0, shown: 0 });
  });
});
