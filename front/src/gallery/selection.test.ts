import { describe, expect, test, vi } from 'vitest';
import { Chooser } from './chooser';
import { GridModel } from './gridModel';
import { Selection } from './selection';
import { assetFacts, dayBack, FakeLibrary } from './testing';

async function open(counts: [string, number][]) {
  const library = new FakeLibrary(counts);
  const model = new GridModel(library);
  model.connect();
  model.resize(1300, 900);
  model.setSkeleton(library.skeleton());
  await vi.waitFor(() => expect(model.assetAt(0)).not.toBeNull());
  const selection = new Selection();
  const trouble = vi.fn();
  return { library, model, selection, trouble, chooser: new Chooser(model, selection, trouble) };
}

function idsOf(selection: Selection): string[] {
  return selection.facts().map((facts) => facts.id);
}

describe('Selection', () => {
  test('toggles, counts and weighs, and tells listeners', () => {
    const selection = new Selection();
    const listener = vi.fn();
    selection.subscribe(listener);
    const facts = assetFacts({ id: 'a', day: '2026-05-01' });
    selection.toggle(facts);
    const counts = () => [
      selection.size,
      selection.bytes,
      selection.countOf('2026-05-01'),
      selection.countOf('2026-05'),
    ];
    expect([...counts(), selection.anchor]).toEqual([1, 1000, 1, 1, 'a']);
    selection.add([facts, assetFacts({ id: 'b', day: '2026-05-02', bytes: 500 })]);
    expect(counts()).toEqual([2, 1500, 1, 2]);
    selection.toggle(facts);
    expect(counts()).toEqual([1, 500, 0, 1]);
    selection.replace([facts], [], true);
    expect(counts()).toEqual([1, 1000, 1, 1]);
    selection.clear();
    expect(counts()).toEqual([0, 0, 0, 0]);
    expect(listener).toHaveBeenCalledTimes(5);
  });

  test('drawing replaces only what is under the pointer', () => {
    const selection = new Selection();
    const [a, b, c] = ['a', 'b', 'c'].map((id) => assetFacts({ id })) as [never, never, never];
    selection.replace([a], [b, c], true);
    expect(idsOf(selection)).toEqual(['a', 'b', 'c']);
    selection.replace([a], [b], true);
    expect(idsOf(selection)).toEqual(['a', 'b']);
    selection.replace([a, b], [b], false);
    expect(idsOf(selection)).toEqual(['a']);
  });

  test('knows whether all are favourites', () => {
    const selection = new Selection();
    expect(selection.areFavourites()).toBe(false);
    selection.add([assetFacts({ id: 'a', favourite: true }), assetFacts({ id: 'b' })]);
    expect(selection.areFavourites()).toBe(false);
    selection.patch(new Set(['b']), (facts) => ({ ...facts, favourite: true }));
    expect(selection.areFavourites()).toBe(true);
  });
});

describe('Chooser', () => {
  test('a range goes from the last chosen asset, in both directions', async () => {
    const { model, selection, chooser, library } = await open([[dayBack(0), 30]]);
    const ids = library.assets.map((facts) => facts.id);
    const at = (index: number) => model.assetAt(index) ?? assetFacts({ id: 'missing' });
    selection.toggle(at(10));
    chooser.rangeTo(14);
    expect(idsOf(selection).sort()).toEqual(ids.slice(10, 15).sort());
    chooser.rangeTo(8);
    expect(idsOf(selection).sort()).toEqual(ids.slice(8, 15).sort());
  });

  test('a range without a beginning is one asset, and the next range begins there', async () => {
    const { selection, chooser } = await open([[dayBack(0), 30]]);
    chooser.rangeTo(3);
    expect(selection.size).toBe(1);
    chooser.rangeTo(6);
    expect(selection.size).toBe(4);
  });

  test('a range over windows that were never shown is gathered from the source', async () => {
    const { selection, chooser, library } = await open([[dayBack(0), 6000]]);
    chooser.add(5, 5500);
    expect(selection.isGathering).toBe(true);
    await vi.waitFor(() => expect(selection.isGathering).toBe(false));
    expect(new Set(idsOf(selection))).toEqual(
      new Set(library.assets.slice(5, 5501).map((facts) => facts.id)),
    );
  });

  test('a whole day is chosen and taken away by the same control', async () => {
    const { selection, chooser } = await open([
      [dayBack(0), 12],
      [dayBack(1), 7],
    ]);
    chooser.period(dayBack(1));
    expect([selection.size, chooser.isChosen(dayBack(1)), chooser.isChosen(dayBack(0))]).toEqual([
      7,
      true,
      false,
    ]);
    chooser.period(dayBack(1));
    expect(selection.size).toBe(0);
  });

  test('hidden assets are not chosen', async () => {
    const { model, selection, chooser, library } = await open([[dayBack(0), 12]]);
    const hidden = library.assets[4]?.id ?? '';
    model.hide([hidden]);
    chooser.all();
    expect(selection.has(hidden)).toBe(false);
    expect(selection.size).toBe(11);
    expect(chooser.isChosen(dayBack(0))).toBe(true);
  });

  test('clearing ends a gathering', async () => {
    const { selection, chooser, trouble } = await open([[dayBack(0), 9000]]);
    chooser.all();
    await vi.waitFor(() => expect(selection.size).toBeGreaterThan(500));
    selection.clear();
    expect(selection.isGathering).toBe(false);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(selection.size).toBe(0);
    expect(trouble).not.toHaveBeenCalled();
  });

  test('a gathering takes away, too', async () => {
    const { selection, chooser, library } = await open([[dayBack(0), 2000]]);
    selection.add(library.assets);
    chooser.gather(10, 1989, false);
    await vi.waitFor(() => expect(selection.isGathering).toBe(false));
    expect(selection.size).toBe(20);
  });

  test('a period without anything chosen costs no count of what is hidden', async () => {
    const { model, chooser, library } = await open([[dayBack(0), 12]]);
    model.hide([library.assets[0]?.id ?? '']);
    const counted = vi.spyOn(model, 'shownOf');
    expect(chooser.isChosen(dayBack(0))).toBe(false);
    expect(counted).not.toHaveBeenCalled();
  });

  test('a failure is told, and what was gathered stays', async () => {
    const { selection, chooser, library, trouble } = await open([[dayBack(0), 9000]]);
    library.failing = true;
    chooser.all();
    await vi.waitFor(() => expect(trouble).toHaveBeenCalledOnce());
    expect(selection.isGathering).toBe(false);
  });
});
