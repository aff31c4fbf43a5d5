import { afterEach, expect, test, vi } from 'vitest';
import { Chooser } from './chooser';
import { attachChoosing } from './choosingGestures';
import { GridModel } from './gridModel';
import { Selection } from './selection';
import { dayBack, FakeLibrary } from './testing';

let detach: () => void = () => undefined;

afterEach(() => detach());

/** A grid without pictures: its first tile, and a pointer that is pressed there and moves. */
async function openGrid(counts: [string, number][]) {
  const library = new FakeLibrary(counts);
  const model = new GridModel(library);
  model.connect();
  model.resize(1300, 900);
  model.setSkeleton(library.skeleton());
  await vi.waitFor(() => expect(model.assetAt(0)).not.toBeNull());
  const selection = new Selection();
  const chooser = new Chooser(model, selection, vi.fn());
  const scroller = document.createElement('div');
  scroller.setPointerCapture = () => undefined;
  const tile = document.createElement('a');
  tile.dataset.index = '0';
  scroller.append(tile);
  detach = attachChoosing({ scroller, canvas: scroller, model, selection, chooser, onOpen: vi.fn() });
  const pointer = (type: string, clientY: number) =>
    tile.dispatchEvent(
      new PointerEvent(type, {
        bubbles: true,
        pointerType: 'mouse',
        isPrimary: true,
        pointerId: 1,
        clientX: 5,
        clientY,
      }),
    );
  return { library, model, selection, pointer };
}

test('drawing over what was never loaded takes it away, too', async () => {
  const { library, selection, pointer } = await openGrid([[dayBack(0), 3000]]);
  selection.add(library.assets);
  pointer('pointerdown', 0);
  pointer('pointermove', 1_000_000);
  pointer('pointerup', 1_000_000);
  await vi.waitFor(() => expect(selection.isGathering).toBe(false));
  expect(selection.size).toBeLessThan(20);
});

test('a drawing begins at its photo, although others have arrived before it', async () => {
  const { library, model, selection, pointer } = await openGrid([[dayBack(1), 12]]);
  const begun = library.assets[0]?.id ?? '';
  pointer('pointerdown', 0);
  pointer('pointermove', 1_000);
  const arrived = library.add(dayBack(0), 3);
  model.setSkeleton(library.skeleton());
  await vi.waitFor(() => expect(model.indexOf(begun)).toBe(3));
  pointer('pointermove', 1_000_000);
  pointer('pointerup', 1_000_000);
  expect(selection.has(begun)).toBe(true);
  expect(arrived.some((id) => selection.has(id))).toBe(false);
});
