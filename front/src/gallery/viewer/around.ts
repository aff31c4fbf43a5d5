/** The assets around an open one: what a filmstrip shows, however many millions there are. */
import { useEffect, useState, useSyncExternalStore } from 'react';
import type { AssetFacts } from '../source';

/** The part of the grid's model that is needed here. */
export interface Sequence {
  readonly subscribe: (listener: () => void) => () => void;
  neighbour(index: number, step: 1 | -1): number | null;
  assetAt(index: number): AssetFacts | null;
  loadAt(index: number): Promise<AssetFacts | null>;
}

export interface Neighbour {
  readonly index: number;
  /** How many places from the open one; negative is before it. */
  readonly offset: number;
  /** null while it is being loaded. */
  readonly facts: AssetFacts | null;
}

/** At most `reach` assets on either side of `index`, and itself, in the order of the sequence. */
export function around(sequence: Sequence, index: number, reach: number): Neighbour[] {
  const side = (step: 1 | -1) => {
    const found: Neighbour[] = [];
    let at = sequence.neighbour(index, step);
    while (at !== null && found.length < reach) {
      found.push({ index: at, offset: step * (found.length + 1), facts: sequence.assetAt(at) });
      at = sequence.neighbour(at, step);
    }
    return found;
  };
  return [...side(-1).reverse(), { index, offset: 0, facts: sequence.assetAt(index) }, ...side(1)];
}

/** The same, kept up to date; what is not loaded yet is asked for once the person rests. */
export function useAround(sequence: Sequence, index: number, reach: number): readonly Neighbour[] {
  const [steady] = useState(steadily);
  const neighbours = useSyncExternalStore(sequence.subscribe, () => steady(around(sequence, index, reach)));
  useEffect(() => {
    const missing = neighbours.filter(({ facts }) => facts === null);
    const ends = [missing[0], missing.at(-1)].filter((one) => one !== undefined);
    if (ends.length === 0) return undefined;
    const timer = setTimeout(() => {
      for (const { index: at } of ends) void sequence.loadAt(at).catch(() => undefined);
    }, REST);
    return () => clearTimeout(timer);
  }, [sequence, neighbours]);
  return neighbours;
}

/** How long the person rests before what is missing is asked for, in milliseconds. */
const REST = 150;

/** Gives the same list again for as long as it says the same. */
function steadily(): (found: readonly Neighbour[]) => readonly Neighbour[] {
  let last: readonly Neighbour[] = [];
  return (found) => {
    if (!sameNeighbours(last, found)) last = found;
    return last;
  };
}

function sameNeighbours(one: readonly Neighbour[], other: readonly Neighbour[]): boolean {
  return (
    one.length === other.length &&
    one.every((neighbour, at) => {
      const twin = other[at];
      return (
        neighbour.index === twin?.index && neighbour.offset === twin.offset && neighbour.facts === twin.facts
      );
    })
  );
}
