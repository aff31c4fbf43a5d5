import { describe, expect, test } from 'vitest';
import { decodeThumbhash, meanColour } from './thumbhash';

interface Vector {
  hash: string;
  width: number;
  height: number;
  samples: [number, number[]][];
  mean: number[];
}

/** Hashes and pixels (index, RGBA) made with the format's published implementation from synthetic pictures. */
const VECTORS: Record<'landscape' | 'portrait' | 'transparent' | 'panorama', Vector> = {
  landscape: {
    hash: 'oDYKRZpQdndfiYiVeIh4h7C7Cyh3',
    width: 32,
    height: 23,
    samples: [
      [0, [11, 219, 91, 255]],
      [16, [119, 198, 164, 255]],
      [31, [255, 187, 112, 255]],
      [362, [64, 99, 223, 255]],
      [735, [255, 8, 20, 255]],
    ],
    mean: [129, 101, 159],
  },
  portrait: {
    hash: '3EcKYxKPgniId4iHgHWHCIg=',
    width: 14,
    height: 32,
    samples: [
      [0, [57, 87, 245, 255]],
      [7, [33, 89, 107, 255]],
      [13, [57, 111, 0, 255]],
      [228, [131, 95, 175, 255]],
      [447, [228, 88, 9, 255]],
    ],
    mean: [130, 94, 116],
  },
  transparent: {
    hash: '13qDBQI4d4iAfHjnd3eAiPh3B1iHiICJWA==',
    width: 32,
    height: 32,
    samples: [
      [0, [224, 23, 31, 0]],
      [16, [223, 24, 31, 43]],
      [31, [224, 23, 31, 0]],
      [522, [219, 28, 31, 255]],
      [1023, [213, 34, 31, 0]],
    ],
    mean: [219, 29, 31],
  },
  panorama: {
    hash: 'mpgJUZKBh4eAh3d4hH8IiIc=',
    width: 32,
    height: 5,
    samples: [
      [0, [4, 137, 0, 255]],
      [16, [91, 134, 0, 255]],
      [31, [190, 129, 0, 255]],
      [74, [32, 141, 101, 255]],
      [159, [189, 152, 194, 255]],
    ],
    mean: [86, 138, 92],
  },
};

describe('decodeThumbhash', () => {
  test.each(Object.entries(VECTORS))('gives the published pixels for the %s picture', (_, vector) => {
    const pixels = decodeThumbhash(vector.hash, 32);
    expect(pixels).toMatchObject({ width: vector.width, height: vector.height });
    for (const [index, rgba] of vector.samples) {
      const found = Array.from(pixels?.data.subarray(index * 4, index * 4 + 4) ?? []);
      found.forEach((part, channel) => {
        // The published decoder truncates, a clamped array rounds.
        expect(Math.abs(part - (rgba[channel] as number))).toBeLessThanOrEqual(1);
      });
    }
  });

  test('a smaller picture has the same colours', () => {
    const pixels = decodeThumbhash(VECTORS.landscape.hash, 8);
    expect(pixels?.width).toBe(8);
    const mean = (from: ArrayLike<number>) => {
      let sum = 0;
      for (let at = 0; at < from.length; at += 4) sum += from[at] as number;
      return sum / (from.length / 4);
    };
    const large = decodeThumbhash(VECTORS.landscape.hash, 32);
    expect(Math.abs(mean(pixels?.data ?? []) - mean(large?.data ?? []))).toBeLessThan(6);
  });

  test.each(['', 'AAA=', '***', '1QcSHQRn'])('%j is refused', (hash) => {
    expect(decodeThumbhash(hash, 32)).toBeNull();
    expect(meanColour(hash)).toBeNull();
  });
});

test('the mean colour is that of the header', () => {
  expect(meanColour(VECTORS.portrait.hash)).toBe(`rgb(${VECTORS.portrait.mean.join(' ')})`);
});
