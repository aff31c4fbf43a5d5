import { describe, expect, test } from 'vitest';
import { breakRows, gridRatio, type Row } from './justify';
import { randomFrom } from './testing';

const rules = { width: 1000, target: 200, gap: 4 };

function widthOf(row: Row, ratios: readonly number[]): number {
  const sum = ratios.slice(row.start, row.end).reduce((total, ratio) => total + ratio, 0);
  return sum * row.height + rules.gap * (row.end - row.start - 1);
}

function randomRatios(count: number, seed: number): number[] {
  const random = randomFrom(seed);
  return Array.from({ length: count }, () => gridRatio(0.3 + random() * random() * 4));
}

describe('breakRows', () => {
  test.each(Array.from({ length: 40 }, (_, seed) => seed))(
    'random pictures %i: nothing is lost or doubled, filled rows fill the width',
    (seed) => {
      const count = 1 + ((seed * 37) % 400);
      const ratios = randomRatios(count, seed);
      const rows = breakRows(ratios, rules, seed % 2 ? 'ragged' : 'filled');
      expect(rows[0]?.start).toBe(0);
      expect(rows.at(-1)?.end).toBe(count);
      rows.forEach((row, at) => {
        expect(row.end).toBeGreaterThan(row.start);
        if (at > 0) expect(row.start).toBe(rows[at - 1]?.end);
        if (row.filled) expect(widthOf(row, ratios)).toBeCloseTo(rules.width, 6);
        else expect(widthOf(row, ratios)).toBeLessThanOrEqual(rules.width);
      });
      expect(rows.slice(0, -1).every((row) => row.filled)).toBe(true);
    },
  );

  test('rows of a long set stay near the target height', () => {
    const rows = breakRows(randomRatios(500, 3), rules, 'filled');
    for (const row of rows) {
      expect(row.height).toBeGreaterThan(rules.target * 0.6);
      expect(row.height).toBeLessThan(rules.target * 1.6);
    }
  });

  test('a set that cannot fill a row keeps the target height', () => {
    expect(breakRows([1.5, 0.75], rules, 'ragged')).toEqual([
      { start: 0, end: 2, height: rules.target, filled: false },
    ]);
  });

  test('a single picture is not left over when the rows before can take it', () => {
    // Four pictures of 250 px fill a row; the ninth would stand alone.
    const rows = breakRows(new Array(9).fill(1.25), rules, 'ragged');
    expect(rows.map((row) => row.end - row.start)).not.toContain(1);
  });

  test('a last row with a few pictures too many shrinks to fit', () => {
    const last = breakRows(new Array(6).fill(0.9), rules, 'ragged').at(-1);
    expect(last?.filled).toBe(true);
    expect(last?.height).toBeLessThan(rules.target);
  });

  test('adding a picture at the end does not move the rows far before it', () => {
    const ratios = randomRatios(300, 8);
    const before = breakRows(ratios, rules, 'ragged');
    const after = breakRows([...ratios, 1.5], rules, 'ragged');
    const half = before.findIndex((row) => row.end > 150);
    expect(after.slice(0, half)).toEqual(before.slice(0, half));
  });

  test('no pictures, no rows', () => {
    expect(breakRows([], rules, 'filled')).toEqual([]);
  });
});

test.each([
  [30, 3],
  [0.05, 0.45],
  [1.4, 1.4],
  [0, 1],
  [Number.NaN, 1],
])('a picture of shape %d is laid out as %d', (ratio, expected) => {
  expect(gridRatio(ratio)).toBe(expected);
});
