import { describe, expect, it } from 'vitest';
import { type ItemState, newItem, type UploadItem } from './model';
import { fractionOf, SpeedMeter, secondsLeft, totalsOf } from './pace';
import { bigFile, SPACE } from './testing';

function item(state: ItemState, size: number, sent = 0): UploadItem {
  return { ...newItem(SPACE, { file: bigFile('a', size), path: '' }), state, sent };
}

const items = [
  item({ kind: 'done', assetId: '1' }, 100),
  item({ kind: 'present', assetId: '2', trashed: false }, 50),
  item({ kind: 'sending' }, 200, 60),
  item({ kind: 'waiting' }, 300),
  item({ kind: 'failed', reason: 'too-large', title: '' }, 9_000),
];

describe('totals', () => {
  it('count by section and leave refused bytes out', () => {
    expect(totalsOf(items)).toEqual({
      files: 5,
      finished: 2,
      attention: 1,
      active: 1,
      waiting: 1,
      totalBytes: 650,
      doneBytes: 210,
    });
  });

  it('make a share between nothing and everything', () => {
    expect(fractionOf(totalsOf([]))).toBe(0);
    expect(fractionOf(totalsOf([item({ kind: 'waiting' }, 1_000)]))).toBe(0);
    expect(fractionOf(totalsOf([item({ kind: 'done', assetId: '1' }, 1_000)]))).toBe(1);
    expect(fractionOf(totalsOf(items))).toBeGreaterThan(0.3);
  });
});

describe('speed', () => {
  it('is unknown at first, then the average of the last seconds', () => {
    const meter = new SpeedMeter();
    for (let second = 0; second <= 20; second++) meter.add(second < 10 ? 1_000 : 3_000, second * 1_000);
    expect(meter.speed(20_000)).toBe(3_000);
    const young = new SpeedMeter();
    young.add(1_000, 0);
    expect(young.speed(1_000)).toBeNull();
  });

  it('falls while nothing moves, and is unknown when nothing moved for long', () => {
    const meter = new SpeedMeter();
    for (let second = 0; second <= 4; second++) meter.add(1_000, second * 1_000);
    expect(meter.speed(8_000)).toBe(500);
    expect(meter.speed(60_000)).toBeNull();
  });

  it('tells the time left', () => {
    expect(secondsLeft(totalsOf(items), 44)).toBe(10);
    expect(secondsLeft(totalsOf(items), null)).toBeNull();
    expect(secondsLeft(totalsOf(items), 0)).toBeNull();
  });
});
