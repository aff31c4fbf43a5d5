import { describe, expect, test } from 'vitest';
import { geometryFor } from './geometry';
import { estimateHeight, layoutSection, linesBetween, type SectionLayout } from './sectionLayout';
import { type Section, SectionMap } from './sections';
import { dayBack, randomFrom, skeletonOf } from './testing';

const shown = () => false;

function boxesOf(layout: SectionLayout) {
  return Array.from(layout.order, (position) => {
    const [left = 0, top = 0, width = 0, height = 0] = layout.boxes.subarray(position * 4, position * 4 + 4);
    return { left, top, width, height, right: left + width, bottom: top + height };
  });
}

function sectionsOf(counts: [string, number][]): readonly Section[] {
  return new SectionMap(skeletonOf(counts)).sections;
}

function randomRatios(count: number, seed: number): Float64Array {
  const random = randomFrom(seed);
  return Float64Array.from({ length: count }, () => 0.5 + random() * 1.5);
}

describe('layoutSection', () => {
  test.each([320, 390, 768, 1024, 1440, 2560])(
    'at %i px: full rows end at the right edge, gaps are equal',
    (width) => {
      const geometry = geometryFor(width);
      const [section] = sectionsOf([[dayBack(0), 3000]]).slice(1, 2) as [Section];
      const layout = layoutSection(section, randomRatios(section.count, width), shown, geometry);
      for (const line of layout.lines) {
        const boxes = boxesOf(layout).slice(line.start, line.end);
        expect(boxes[0]?.left).toBe(0);
        expect(boxes.at(-1)?.right).toBe(geometry.width);
        const gaps = boxes.slice(1).map((box, at) => box.left - (boxes[at]?.right ?? 0));
        expect(gaps.every((gap) => gap === geometry.gap)).toBe(true);
        for (const box of boxes) expect([box.top, box.bottom]).toEqual([line.top, line.bottom]);
      }
      layout.lines.slice(1).forEach((line, at) => {
        expect(line.top - (layout.lines[at]?.bottom ?? 0)).toBe(geometry.gap);
      });
    },
  );

  test.each(Array.from({ length: 12 }, (_, seed) => seed))(
    'random month %i: nothing overlaps or leaves the width',
    (seed) => {
      const random = randomFrom(seed);
      const width = 360 + Math.floor(random() * 1500);
      const counts = Array.from({ length: 25 }, (_, at): [string, number] => [
        dayBack(at),
        1 + Math.floor(random() * 18),
      ]);
      for (const section of sectionsOf(counts)) {
        const layout = layoutSection(section, randomRatios(section.count, seed), shown, geometryFor(width));
        const boxes = boxesOf(layout);
        expect(boxes).toHaveLength(section.count);
        for (const box of boxes) {
          expect(box.left).toBeGreaterThanOrEqual(0);
          expect(box.right).toBeLessThanOrEqual(width);
          expect(box.bottom).toBeLessThanOrEqual(layout.height);
        }
        boxes.slice(1).forEach((box, at) => {
          const before = boxes[at];
          expect(before && (box.left >= before.right || box.top >= before.bottom)).toBe(true);
        });
      }
    },
  );

  test('days of a few photos share a row on a desktop and not on a phone', () => {
    const [section] = sectionsOf([
      [dayBack(0), 2],
      [dayBack(1), 1],
      [dayBack(2), 2],
    ]) as [Section];
    const ratios = new Float64Array(5).fill(1);
    const tops = (width: number) =>
      new Set(
        layoutSection(section, ratios, shown, geometryFor(width))
          .headers.filter((header) => header.kind === 'day')
          .map((header) => header.top),
      ).size;
    expect(tops(1300)).toBe(1);
    expect(tops(390)).toBe(3);
  });

  test('a piece that continues a day has no header and fills its last row', () => {
    const sections = sectionsOf([[dayBack(0), 1500]]);
    const geometry = geometryFor(1300);
    const [newest, middle] = sections.map((section) =>
      layoutSection(section, randomRatios(section.count, 4), shown, geometry),
    );
    expect(newest?.headers.map((header) => header.kind)).toEqual(['month', 'day']);
    expect(middle?.headers).toEqual([]);
    expect(boxesOf(newest as SectionLayout).at(-1)?.right).toBe(geometry.width);
    // The next piece begins one gap below.
    expect((newest?.height ?? 0) - (newest?.lines.at(-1)?.bottom ?? 0)).toBe(geometry.gap);
    expect(middle?.lines[0]?.top).toBe(0);
  });

  test('hidden assets leave no hole, and a day without assets no header', () => {
    const [section] = sectionsOf([
      [dayBack(0), 5],
      [dayBack(1), 3],
    ]) as [Section];
    const ratios = new Float64Array(8).fill(1);
    const layout = layoutSection(
      section,
      ratios,
      (position) => position < 5 || position === 6,
      geometryFor(800),
    );
    expect([...layout.order]).toEqual([5, 7]);
    expect(layout.headers.filter((header) => header.kind === 'day').map((header) => header.fragment)).toEqual(
      [1],
    );
    expect(boxesOf(layout).map((box) => box.left)).toEqual([0, (boxesOf(layout)[0]?.width ?? 0) + 4]);
    expect(layoutSection(section, ratios, () => true, geometryFor(800)).height).toBe(0);
  });

  test.each([390, 1300])('the estimate at %i px is near the truth', (width) => {
    const random = randomFrom(77);
    const counts = Array.from({ length: 60 }, (_, at): [string, number] => [
      dayBack(at),
      1 + Math.floor(random() * 60),
    ]);
    const geometry = geometryFor(width);
    let estimated = 0;
    let real = 0;
    for (const section of sectionsOf(counts)) {
      const ratios = randomRatios(section.count, 5);
      estimated += estimateHeight(section, 1.25, geometry);
      real += layoutSection(section, ratios, shown, geometry).height;
    }
    expect(Math.abs(estimated - real) / real).toBeLessThan(0.12);
  });
});

describe('linesBetween', () => {
  test('names exactly the lines that touch the range', () => {
    const [section] = sectionsOf([[dayBack(0), 300]]) as [Section];
    const layout = layoutSection(section, randomRatios(300, 6), shown, geometryFor(1000));
    const [first, end] = linesBetween(layout, 500, 1200);
    layout.lines.forEach((line, at) => {
      expect(at >= first && at < end).toBe(line.bottom > 500 && line.top < 1200);
    });
    expect(linesBetween(layout, -500, -1)).toEqual([0, 0]);
    expect(linesBetween(layout, layout.height + 10, layout.height + 20)[0]).toBe(layout.lines.length);
  });
});
