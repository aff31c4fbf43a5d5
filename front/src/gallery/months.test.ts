import { describe, expect, test, vi } from 'vitest';
import { Covers, type Month, yearsOf } from './months';
import { FakeLibrary, skeletonOf } from './testing';

const COUNTS: [string, number][] = [
  ['2026-05-20', 3],
  ['2026-05-03', 2],
  ['2026-04-30', 1],
  ['2024-01-01', 4],
];

test('years hold their months, newest first', () => {
  expect(yearsOf(skeletonOf(COUNTS))).toEqual([
    {
      year: '2026',
      count: 6,
      months: [
        { month: '2026-05', day: '2026-05-20', count: 5 },
        { month: '2026-04', day: '2026-04-30', count: 1 },
      ],
    },
    { year: '2024', count: 4, months: [{ month: '2024-01', day: '2024-01-01', count: 4 }] },
  ]);
});

describe('Covers', () => {
  const months = yearsOf(skeletonOf(COUNTS)).flatMap((year) => year.months);
  const [may] = months as [Month];

  test('are loaded once, and again when the month has changed', async () => {
    const library = new FakeLibrary(COUNTS);
    const covers = new Covers(library);
    covers.want(months);
    await vi.waitFor(() => expect(months.every((month) => covers.get(month))).toBe(true));
    covers.want(months);
    expect(library.asked).toHaveLength(3);
    covers.want([{ ...may, count: 6 }]);
    expect(library.asked).toHaveLength(4);
  });

  test('a favourite comes first', async () => {
    const library = new FakeLibrary(COUNTS);
    library.assets = library.assets.map((facts, at) => (at === 3 ? { ...facts, favourite: true } : facts));
    const covers = new Covers(library);
    covers.want([may]);
    await vi.waitFor(() => expect(covers.get(may)?.id).toBe(library.assets[3]?.id));
  });

  test('a failure leaves a month without a picture, and the next sight tries again', async () => {
    const library = new FakeLibrary(COUNTS);
    library.failing = true;
    const covers = new Covers(library);
    covers.want([may]);
    await vi.waitFor(() => expect(library.asked).toHaveLength(1));
    await Promise.resolve();
    expect(covers.get(may)).toBeNull();
    library.failing = false;
    await vi.waitFor(() => {
      covers.want([may]);
      expect(covers.get(may)).not.toBeNull();
    });
  });
});
