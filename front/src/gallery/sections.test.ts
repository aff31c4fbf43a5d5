import { describe, expect, test } from 'vitest';
import { SectionMap } from './sections';
import { WINDOW_LIMIT } from './source';
import { dayBack, hugeSkeleton, randomFrom, skeletonOf } from './testing';
import { addressOf } from './windowCache';

function randomCounts(seed: number): [string, number][] {
  const random = randomFrom(seed);
  const counts: [string, number][] = [];
  for (let back = 0; back < 400; back += 1 + Math.floor(random() * 5)) {
    counts.push([
      dayBack(back),
      random() < 0.03 ? 500 + Math.floor(random() * 3000) : 1 + Math.floor(random() * 90),
    ]);
  }
  return counts;
}

describe('SectionMap', () => {
  test.each([1, 2, 3, 4, 5, 6])(
    'random library %i: every asset lies in exactly one section, in order',
    (seed) => {
      const counts = randomCounts(seed);
      const map = new SectionMap(skeletonOf(counts));
      const perDay = new Map<string, number>();
      let first = 0;
      for (const section of map.sections) {
        expect(section.first).toBe(first);
        expect(section.count).toBeLessThanOrEqual(WINDOW_LIMIT);
        for (const fragment of section.fragments) {
          expect(fragment.day.startsWith(section.month)).toBe(true);
          expect(fragment.offset).toBe(perDay.get(fragment.day) ?? 0);
          perDay.set(fragment.day, fragment.offset + fragment.count);
        }
        first += section.count;
      }
      expect([...perDay]).toEqual(counts);
      expect(new Set(map.sections.map((section) => section.key)).size).toBe(map.sections.length);
    },
  );

  test('finds the section of any index of two million', () => {
    const map = new SectionMap(hugeSkeleton());
    expect(map.total).toBe(2_000_000);
    const random = randomFrom(2);
    for (let round = 0; round < 500; round++) {
      const index = Math.floor(random() * map.total);
      const section = map.sections[map.sectionAt(index)];
      expect(section && index >= section.first && index < section.first + section.count).toBe(true);
    }
  });

  test('a dense day is addressed by offsets within the day', () => {
    const map = new SectionMap(
      skeletonOf([
        [dayBack(0), 3],
        [dayBack(1), 70_000],
        [dayBack(2), 4],
      ]),
    );
    const dense = map.sections.filter((section) => section.fragments[0]?.day === dayBack(1));
    expect(dense.length).toBeGreaterThan(130);
    let offset = 0;
    for (const section of dense) {
      expect(addressOf([section])).toEqual({ day: dayBack(1), offset, limit: section.count });
      offset += section.count;
    }
    expect(offset).toBe(70_000);
    // The first piece is wide enough to be filled, whatever is left over.
    expect(dense[0]?.count).toBeGreaterThan(100);
  });

  test.each([513, 514, 640, 700, 896, 897, 1025])('no piece of a day of %i is small', (count) => {
    const map = new SectionMap(skeletonOf([[dayBack(0), count]]));
    for (const section of map.sections) expect(section.count).toBeGreaterThan(100);
  });

  test('an address inside a section names the day and the offset of that very asset', () => {
    const map = new SectionMap(
      skeletonOf([
        [dayBack(0), 3],
        [dayBack(1), 10],
        [dayBack(2), 4],
      ]),
    );
    expect(map.addressAt(5, 17)).toEqual({ day: dayBack(1), offset: 2, limit: 12 });
    expect(map.addressAt(0, 100_000).limit).toBe(WINDOW_LIMIT);
  });

  test('a new photo leaves all sections but its own as they are', () => {
    const counts = randomCounts(9);
    const before = new SectionMap(skeletonOf(counts));
    const more = counts.map(([day, count], at) => [day, at === 40 ? count + 1 : count] as const);
    const after = new SectionMap(skeletonOf(more));
    const known = new Set(before.sections.map((section) => section.key));
    const changed = after.sections.filter((section) => !known.has(section.key));
    expect(changed.length).toBeLessThanOrEqual(1);
  });

  test('an empty library has no sections', () => {
    const map = new SectionMap(skeletonOf([]));
    expect(map.sections).toEqual([]);
    expect(map.total).toBe(0);
  });

  test('a day that is not there leads to the next older one', () => {
    const map = new SectionMap(
      skeletonOf([
        [dayBack(0), 3],
        [dayBack(10), 5],
      ]),
    );
    expect(map.firstNotNewerThan(dayBack(4))).toBe(3);
    expect(map.firstNotNewerThan(dayBack(10))).toBe(3);
    expect(map.firstNotNewerThan(dayBack(11))).toBe(8);
  });
});

describe('walls of months', () => {
  test('pieces hold every asset once, in order, whatever the days are', () => {
    const skeleton = hugeSkeleton();
    const map = new SectionMap(skeleton, 'months');
    const held = new Map<string, number>();
    let next = 0;
    for (const section of map.sections) {
      expect(section.first).toBe(next);
      next += section.count;
      expect(section.count).toBeLessThanOrEqual(512);
      for (const { day, offset, count } of section.fragments) {
        expect(day.slice(0, 7)).toBe(section.month);
        expect(offset).toBe(held.get(day) ?? 0);
        held.set(day, offset + count);
      }
    }
    expect(next).toBe(skeleton.total);
    expect(map.sections.every((section) => section.count >= 128 || section.opensMonth)).toBe(true);
    const { month } = map.sections[9] as { month: string };
    const ofMonth = map.sections.filter((section) => section.month === month);
    expect(map.monthRange(month)).toEqual({
      first: ofMonth[0]?.first,
      count: ofMonth.reduce((sum, section) => sum + section.count, 0),
    });
  });

  test('a new photo changes the newest piece of its month alone', () => {
    const before = new SectionMap(
      skeletonOf([
        [dayBack(0), 300],
        [dayBack(1), 900],
      ]),
      'months',
    );
    const after = new SectionMap(
      skeletonOf([
        [dayBack(0), 301],
        [dayBack(1), 900],
      ]),
      'months',
    );
    const keys = new Set(before.sections.map((section) => section.key));
    expect(after.sections.filter((section) => !keys.has(section.key))).toHaveLength(1);
  });
});
