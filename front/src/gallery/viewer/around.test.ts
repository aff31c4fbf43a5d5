import { expect, test } from 'vitest';
import type { AssetFacts } from '../source';
import { assetFacts } from '../testing';
import { around, type Sequence } from './around';

/** So many assets of which some are hidden, and some not loaded. */
function sequenceOf(total: number, hidden: number[] = [], unknown: number[] = []): Sequence {
  const shown = (at: number) => at >= 0 && at < total && !hidden.includes(at);
  const assetAt = (at: number): AssetFacts | null =>
    unknown.includes(at) ? null : assetFacts({ id: `${at}` });
  return {
    subscribe: () => () => undefined,
    neighbour(index, step) {
      for (let at = index + step; at >= 0 && at < total; at += step) if (shown(at)) return at;
      return null;
    },
    assetAt,
    loadAt: async (at) => assetAt(at),
  };
}

const told = (sequence: Sequence, index: number, reach: number) =>
  around(sequence, index, reach).map((one) => [one.offset, one.facts?.id ?? null]);

test('as many on either side as there are', () => {
  expect(told(sequenceOf(4), 1, 2)).toEqual([
    [-1, '0'],
    [0, '1'],
    [1, '2'],
    [2, '3'],
  ]);
});

test('what is hidden leaves no gap, what is not loaded keeps its place', () => {
  expect(told(sequenceOf(9, [3], [5]), 4, 2)).toEqual([
    [-2, '1'],
    [-1, '2'],
    [0, '4'],
    [1, null],
    [2, '6'],
  ]);
});

test('in the middle of two million, only the few are looked at', () => {
  let looked = 0;
  const sequence = sequenceOf(2_000_000);
  const assetAt = (at: number) => {
    looked++;
    return sequence.assetAt(at);
  };
  expect(around({ ...sequence, assetAt }, 1_234_567, 12)).toHaveLength(25);
  expect(looked).toBe(25);
});
