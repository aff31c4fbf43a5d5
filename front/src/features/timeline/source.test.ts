import { describe, expect, test } from 'vitest';
import { assetWindow } from './source';

const wire = {
  day: '2024-05-02',
  offset: 0,
  days: [
    ['2024-05-02', 1],
    ['2024-05-01', 3],
  ] as [string, number][],
  ids: ['a', 'b', 'c', 'd'],
  blobs: ['ba', 'bb', 'bc', 'bd'],
  sigs: ['sa', 'sb', 'sc', 'sd'],
  expires: 1_714_600_000,
  thumb: 'thumb-1',
  preview: 'preview-1',
  ratios: [1.5, 1, 1, 0.75],
  thumbhashes: ['aGk=', null, null, null],
  times: [600, 1, 2, 3],
  flags: [2 + 32, 4, 8, 1 + 16],
  sizes: [2000, 1, 2, 3],
  durations: { '3': 12.5 },
  rotations: { '0': 270 },
  titles: { '1': 'Дача' },
};

describe('assetWindow', () => {
  test('joins the columns of the wire', () => {
    const { assets, expires } = assetWindow(wire);
    expect(expires).toBe(1_714_600_000_000);
    expect(assets.map((facts) => facts.day)).toEqual([
      '2024-05-02',
      '2024-05-01',
      '2024-05-01',
      '2024-05-01',
    ]);
    expect(assets[0]).toMatchObject({
      id: 'a',
      bytes: 2_000_000,
      favourite: true,
      video: false,
      live: true,
      rotation: 270,
      thumbhash: 'aGk=',
      thumb: '/media/ba/thumb-1?e=1714600000&s=sa',
      preview: '/media/ba/preview-1?e=1714600000&s=sa',
    });
    expect(assets[3]).toMatchObject({ video: true, live: false, rotation: 0, damaged: true, duration: 12.5 });
    expect(assets.map((facts) => facts.title)).toEqual(['', 'Дача', '', '']);
  });

  test('what is being processed or has failed has no pictures to ask for', () => {
    const { assets } = assetWindow(wire);
    expect(assets[1]).toMatchObject({ processing: true, thumb: '', preview: '' });
    expect(assets[2]).toMatchObject({ failed: true, thumb: '', preview: '' });
  });

  test('columns of different length are refused', () => {
    expect(() => assetWindow({ ...wire, ratios: [1] })).toThrow(RangeError);
  });
});
