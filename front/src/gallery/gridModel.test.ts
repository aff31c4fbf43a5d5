import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { GridModel } from './gridModel';
import { dayBack, FakeLibrary, hugeSkeleton, randomFrom } from './testing';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

/** What the browser does: an element that scrolls, and obeys the model's commands. */
class Screen {
  scrollTop = 0;
  readonly model: GridModel;

  constructor(model: GridModel, width = 1300, height = 900) {
    this.model = model;
    model.subscribe(() => this.obey());
    model.connect();
    model.resize(width, height);
    this.obey();
  }

  async rest(): Promise<void> {
    await vi.advanceTimersByTimeAsync(300);
    this.obey();
  }

  scrollBy(distance: number): void {
    const most = this.model.getView().spacer - 900;
    this.scrollTop = Math.max(0, Math.min(most, this.scrollTop + distance));
    this.model.scrolled(this.scrollTop);
    this.obey();
  }

  /** Where on the screen each asset is, by id. */
  tiles(): Map<string, number> {
    const tiles = new Map<string, number>();
    for (const { section, top, layout, loaded, firstLine, endLine } of this.model.getView().sections) {
      const start = layout.lines[firstLine]?.start ?? 0;
      const end = layout.lines[endLine - 1]?.end ?? 0;
      for (const position of layout.order.subarray(start, end)) {
        const id = loaded?.assets[position]?.id ?? `?${section.first + position}`;
        tiles.set(id, top + (layout.boxes[position * 4 + 1] as number) - this.scrollTop);
      }
    }
    return tiles;
  }

  /** The ids of known assets whose top is on the screen. */
  visible(): string[] {
    return [...this.tiles()]
      .filter(([id, top]) => top >= 0 && top < 900 && !id.startsWith('?'))
      .map(([id]) => id);
  }

  private obey(): void {
    const commanded = this.model.takeCommandedScroll();
    if (commanded) this.scrollTop = commanded.top;
  }
}

function libraryOf(days: number, seed = 1): FakeLibrary {
  const random = randomFrom(seed);
  return new FakeLibrary(
    Array.from({ length: days }, (_, at): [string, number] => [
      dayBack(at * 2),
      1 + Math.floor(random() * 40),
    ]),
  );
}

async function open(library: FakeLibrary, width?: number) {
  const model = new GridModel(library);
  const screen = new Screen(model, width);
  model.setSkeleton(library.skeleton());
  await screen.rest();
  return { model, screen };
}

describe('GridModel', () => {
  test('shows the newest first, and loads only what is near', async () => {
    const library = libraryOf(400);
    const { screen } = await open(library);
    expect(screen.visible()[0]).toBe(library.assets[0]?.id);
    const asked = library.asked.reduce((sum, address) => sum + address.limit, 0);
    expect(asked).toBeLessThan(1600);
  });

  test.each([390, 1300])(
    'at %i px: what one reads does not move when windows arrive above and below',
    async (width) => {
      const library = libraryOf(500, 3);
      const { model, screen } = await open(library, width);
      const random = randomFrom(width);
      for (let round = 0; round < 12; round++) {
        model.jumpToProgress(0.1 + random() * 0.8);
        await screen.rest();
        // Scrolls up into sections of which only the guess is known, and watches while they arrive.
        for (let step = 0; step < 12; step++) {
          library.hold();
          screen.scrollBy(-260);
          const before = screen.tiles();
          library.release();
          await screen.rest();
          const after = screen.tiles();
          for (const id of [...before.keys()].filter((key) => !key.startsWith('?'))) {
            const [was, is] = [before.get(id) as number, after.get(id)];
            if (was >= 0 && was < 900) expect(is).toBeCloseTo(was, 3);
          }
        }
      }
    },
  );

  test('every pixel of the way is covered: no gap between sections', async () => {
    const library = libraryOf(120, 5);
    const { model, screen } = await open(library);
    for (let step = 0; step < 60; step++) {
      const { sections } = model.getView();
      sections.slice(1).forEach((view, at) => {
        const before = sections[at];
        expect(view.top).toBe((before?.top ?? 0) + (before?.layout.height ?? 0));
      });
      screen.scrollBy(500);
      await screen.rest();
    }
  });

  test('after a jump the screen is drawn first; what is beyond follows in parts, once the screen is loaded', async () => {
    const library = libraryOf(500, 9);
    const { model, screen } = await open(library);
    library.hold();
    model.jumpToProgress(0.5);
    const atOnce = screen.tiles().size;
    await screen.rest();
    expect(screen.tiles().size).toBe(atOnce);
    library.release();
    const drawn: number[] = [];
    for (let frame = 0; frame < 12; frame++) {
      await vi.advanceTimersByTimeAsync(16);
      drawn.push(screen.tiles().size);
    }
    const whole = drawn.at(-1) as number;
    expect(whole).toBeGreaterThan(1.5 * atOnce);
    expect(new Set(drawn).size).toBeGreaterThan(2);
    drawn.slice(1).forEach((size, at) => {
      expect(size - (drawn[at] as number)).toBeLessThan(whole / 2);
    });
  });

  test('a jump along the time may wait for the next frame; whoever goes to a photo measures its tile at once', () => {
    const library = libraryOf(400);
    const model = new GridModel(library);
    model.setSkeleton(library.skeleton());
    model.resize(1300, 900);
    model.jumpToProgress(0.5);
    expect(model.takeCommandedScroll()).toMatchObject({ canWait: true });
    model.reveal(0);
    expect(model.takeCommandedScroll()).toEqual({ top: 0, canWait: false });
    expect(model.takeCommandedScroll()).toBeNull();
  });

  test('the top and the bottom can be reached by hand after jumps', async () => {
    const library = libraryOf(300, 6);
    const { model, screen } = await open(library);
    model.jumpToProgress(0.5);
    await screen.rest();
    for (let step = 0; step < 400 && model.progress > 0; step++) {
      screen.scrollBy(-800);
      await screen.rest();
    }
    expect(screen.scrollTop).toBe(0);
    expect(screen.visible()[0]).toBe(library.assets[0]?.id);
    for (let step = 0; step < 400 && model.progress < 1; step++) {
      screen.scrollBy(800);
      await screen.rest();
    }
    expect(screen.visible().at(-1)).toBe(library.assets.at(-1)?.id);
  });

  test('new photos above do not move what one reads', async () => {
    const library = libraryOf(200, 7);
    const { model, screen } = await open(library);
    model.jumpToProgress(0.4);
    await screen.rest();
    const before = screen.tiles();
    library.add(dayBack(0), 30);
    library.add(dayBack(20), 11);
    model.setSkeleton(library.skeleton());
    await screen.rest();
    const after = screen.tiles();
    const watched = screen.visible();
    expect(watched.length).toBeGreaterThan(8);
    for (const id of watched) expect(after.get(id)).toBeCloseTo(before.get(id) as number, 3);
  });

  test('at the very top new photos appear first, without a half-loaded state', async () => {
    const library = libraryOf(50, 8);
    const { model, screen } = await open(library);
    const fresh = library.add(dayBack(0), 1);
    library.hold();
    model.setSkeleton(library.skeleton());
    await vi.advanceTimersByTimeAsync(100);
    expect(screen.visible()).not.toContain(fresh[0]);
    expect([...screen.tiles().keys()].some((id) => id.startsWith('?'))).toBe(false);
    library.release();
    await screen.rest();
    expect(screen.visible()[0]).toBe(fresh[0]);
    expect(screen.scrollTop).toBe(0);
  });

  test('a slow server delays a new state, but not for ever', async () => {
    const library = libraryOf(50, 8);
    const { model } = await open(library);
    const before = model.total;
    library.add(dayBack(0), 3);
    library.hold();
    model.setSkeleton(library.skeleton());
    expect(model.total).toBe(before);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(model.total).toBe(before + 3);
  });

  test('hidden assets close the gap and come back', async () => {
    const library = libraryOf(50, 9);
    const { model, screen } = await open(library);
    const [first, second] = screen.visible();
    model.hide([first as string]);
    expect(screen.visible()[0]).toBe(second);
    expect(model.neighbour(-1, 1)).toBe(1);
    model.show([first as string]);
    expect(screen.visible()[0]).toBe(first);
  });

  test('an asset that the server shows again is shown again', async () => {
    const library = libraryOf(50, 9);
    const { model, screen } = await open(library);
    const [first] = screen.visible();
    model.hide([first as string]);
    model.confirmHidden([first as string]);
    await vi.advanceTimersByTimeAsync(50);
    model.outdate(new Set([first as string]));
    library.tell({ kind: 'changed', ids: [] });
    await screen.rest();
    expect(screen.visible()[0]).toBe(first);
  });

  test('hiding what is at the top of the screen keeps the rest in place', async () => {
    const library = libraryOf(200, 10);
    const { model, screen } = await open(library);
    model.jumpToProgress(0.5);
    await screen.rest();
    const place = model.place();
    const index = (model.rangeOf(place?.day ?? '')?.first ?? 0) + (place?.offset ?? 0);
    const watched = model.assetAt(index + 12)?.id ?? '';
    const before = screen.tiles().get(watched) ?? Number.NaN;
    model.hide([model.assetAt(index)?.id ?? '']);
    // The rows close up, by at most one row and a header.
    expect(Math.abs((screen.tiles().get(watched) ?? Number.NaN) - before)).toBeLessThan(300);
  });

  test('finds an asset of a dense day by its moment, with few requests', async () => {
    const library = new FakeLibrary([
      [dayBack(0), 10],
      [dayBack(1), 20_000],
      [dayBack(2), 5],
    ]);
    const { model } = await open(library);
    const wanted = library.assets[14_321];
    const asked = library.asked.length;
    const index = await model.find(wanted?.id ?? '', wanted?.day ?? '', wanted?.minutes ?? 0);
    expect(index).toBe(14_321);
    expect(library.asked.length - asked).toBeLessThan(12);
    expect(await model.find('elsewhere', dayBack(1), 600)).toBeNull();
    expect(await model.find('elsewhere', dayBack(7), 600)).toBeNull();
  });

  test('goes back to the place where one was', async () => {
    const library = libraryOf(300, 12);
    const { model, screen } = await open(library);
    model.jumpToProgress(0.63);
    await screen.rest();
    const place = model.place();
    const visible = screen.visible();
    const again = new GridModel(library);
    const newScreen = new Screen(again);
    again.setSkeleton(library.skeleton());
    if (place) again.goTo(place);
    await newScreen.rest();
    expect(newScreen.visible()[0]).toBe(visible[0]);
  });

  test('rotation keeps the photo at the top', async () => {
    const library = libraryOf(300, 13);
    const { model, screen } = await open(library, 390);
    model.jumpToProgress(0.5);
    await screen.rest();
    const place = model.place();
    model.resize(844, 390);
    await screen.rest();
    const top = model.place();
    expect(top?.day).toBe(place?.day);
    expect(Math.abs((top?.offset ?? 0) - (place?.offset ?? 0))).toBeLessThan(8);
  });

  test('collects a range across windows in order', async () => {
    const library = new FakeLibrary([
      [dayBack(0), 700],
      [dayBack(1), 700],
    ]);
    const { model } = await open(library);
    const ids: string[] = [];
    for await (const part of model.collect(1300, 90, new AbortController().signal)) {
      ids.push(...part.map((facts) => facts.id));
    }
    expect(ids).toEqual(library.assets.slice(90, 1301).map((facts) => facts.id));
  });

  test('arrows up and down lead to the nearest picture in the next row', async () => {
    const library = libraryOf(60, 14);
    const { model } = await open(library);
    let index = 0;
    const visited = [0];
    for (
      let at = model.vertical(index, 1);
      at !== null && visited.length < 50;
      at = model.vertical(index, 1)
    ) {
      expect(at).toBeGreaterThan(index);
      index = at;
      visited.push(at);
    }
    expect(visited.length).toBe(50);
    const back = model.vertical(index, -1);
    expect(back !== null && back < index).toBe(true);
    expect(model.vertical(0, -1)).toBeNull();
  });
});

describe('two million assets', () => {
  test('any place is reached, in an element that browsers can make, and time and place agree', async () => {
    const skeleton = hugeSkeleton();
    const model = new GridModel(new FakeLibrary());
    const screen = new Screen(model);
    model.setSkeleton(skeleton);
    let last = '9999';
    for (const progress of [0, 0.001, 0.25, 0.5, 0.75, 0.999, 1]) {
      model.jumpToProgress(progress);
      await screen.rest();
      expect(model.progress).toBeCloseTo(progress, 3);
      expect(model.getView().spacer).toBeLessThanOrEqual(4_000_000);
      const day = model.dayAt() ?? '';
      expect(day <= last).toBe(true);
      last = day;
      const { sections } = model.getView();
      const covered = sections.reduce((sum, view) => sum + view.layout.height, 0);
      expect(covered).toBeGreaterThan(800);
    }
    expect(last).toBe(skeleton.days.at(-1));
  });

  test('a jump costs milliseconds', async () => {
    const library = new FakeLibrary();
    const model = new GridModel(library);
    const screen = new Screen(model);
    model.setSkeleton(hugeSkeleton());
    await screen.rest();
    const started = performance.now();
    for (let step = 0; step < 100; step++) model.jumpToProgress(((step * 37) % 100) / 100);
    expect(screen.tiles().size).toBeGreaterThan(0);
    // Generous: some ten times what an ordinary machine needs.
    expect((performance.now() - started) / 100).toBeLessThan(50);
  });
});

describe('the first photos', () => {
  test('nothing is guessed before they are there', async () => {
    const library = new FakeLibrary([['2026-03-03', 40]]);
    const model = new GridModel(library);
    const screen = new Screen(model);
    library.hold();
    model.setSkeleton(library.skeleton());
    await screen.rest();
    expect(model.getView()).toMatchObject({ blank: true, sections: [] });
    expect(model.getView().spacer).toBeGreaterThan(0);
    library.release();
    await screen.rest();
    expect(model.getView().blank).toBe(false);
    expect(screen.visible().length).toBeGreaterThan(0);
  });

  test('what the source knows is shown with the first drawing, and stays where it is', async () => {
    const library = libraryOf(100);
    library.known = library.assets.slice(0, 300);
    const model = new GridModel(library);
    model.setSkeleton(library.skeleton());
    const screen = new Screen(model);
    const shown = screen.tiles();
    expect(model.getView().blank).toBe(false);
    expect(screen.visible().slice(0, 10)).toEqual(library.assets.slice(0, 10).map(({ id }) => id));
    await screen.rest();
    expect(library.asked.length).toBeGreaterThan(0);
    for (const [id, top] of shown) expect([id, screen.tiles().get(id)]).toEqual([id, top]);
  });

  test('what is known of other days than the newest is not shown', async () => {
    const library = libraryOf(10);
    library.known = library.assets.slice(-3);
    const model = new GridModel(library);
    model.setSkeleton(library.skeleton());
    expect(new Screen(model).model.getView().blank).toBe(true);
  });

  test('where they do not come, the frame is shown with the trouble', async () => {
    const library = new FakeLibrary([['2026-03-03', 40]]);
    library.failing = true;
    const model = new GridModel(library);
    const screen = new Screen(model);
    model.setSkeleton(library.skeleton());
    await screen.rest();
    expect(model.getView()).toMatchObject({ blank: false, troubled: true });
    expect(model.getView().sections).toHaveLength(1);
  });
});

describe('density', () => {
  const counts = Array.from({ length: 60 }, (_, back): [string, number] => [
    dayBack(back),
    1 + ((back * 37) % 90),
  ]);

  async function inTheMiddle(library: FakeLibrary) {
    const model = new GridModel(library);
    const screen = new Screen(model);
    model.setSkeleton(library.skeleton());
    await screen.rest();
    model.jumpToProgress(0.5);
    await screen.rest();
    screen.scrollBy(-333);
    await screen.rest();
    return { model, screen };
  }

  test('what lies at a point stays there, there and back', async () => {
    const library = new FakeLibrary(counts);
    const { model, screen } = await inTheMiddle(library);
    const point = { left: 500, top: screen.scrollTop + 400 };
    const index = model.indexAtPoint(point.left, point.top) ?? -1;
    const id = model.assetAt(index)?.id ?? '';
    model.setDensity('months', point);
    expect(Math.abs((screen.tiles().get(id) ?? Number.NaN) - 400)).toBeLessThan(130);
    await screen.rest();
    const small = screen.tiles().get(id) ?? Number.NaN;
    expect(Math.abs(small - 400)).toBeLessThan(130);
    expect(screen.visible().length).toBeGreaterThan(60);
    model.setDensity('days', { left: 500, top: screen.scrollTop + small + 20 });
    await screen.rest();
    expect(screen.visible().length).toBeLessThan(40);
    expect([...screen.tiles().keys()].some((shown) => shown === id)).toBe(true);
  });

  test('known pictures are shown at once in the other density', async () => {
    const library = new FakeLibrary(counts);
    const { model, screen } = await inTheMiddle(library);
    library.hold();
    model.setDensity('months', { left: 500, top: screen.scrollTop + 400 });
    expect(screen.visible().length).toBeGreaterThan(30);
    library.release();
  });

  test('a wall has full rows but for the last of a month, and no day', async () => {
    const library = new FakeLibrary([
      ['2026-05-20', 700],
      ['2026-05-03', 333],
      ['2026-04-30', 40],
    ]);
    const model = new GridModel(library, { density: 'months' });
    const screen = new Screen(model);
    model.setSkeleton(library.skeleton());
    for (const progress of [0, 0.3, 0.6, 1]) {
      model.jumpToProgress(progress);
      await screen.rest();
      for (const { layout, section } of model.getView().sections) {
        expect(layout.headers.filter((header) => header.kind === 'day')).toEqual([]);
        const rows = section.closesMonth ? layout.lines.slice(0, -1) : layout.lines;
        for (const row of rows) {
          const last = layout.order[row.end - 1] as number;
          const right = (layout.boxes[last * 4] as number) + (layout.boxes[last * 4 + 2] as number);
          expect(right).toBe(1300);
        }
      }
    }
  });

  test('a month is shown from its beginning, also after it has loaded', async () => {
    const library = new FakeLibrary(counts);
    const model = new GridModel(library, { density: 'months' });
    const screen = new Screen(model);
    model.setSkeleton(library.skeleton());
    await screen.rest();
    const month = dayBack(40).slice(0, 7);
    library.hold();
    model.goToMonth(month);
    await screen.rest();
    library.release();
    await screen.rest();
    const first = library.assets.find((facts) => facts.day.startsWith(month))?.id ?? '';
    expect(screen.tiles().get(first)).toBe(64);
  });

  test('what arrives above the reader is counted until they go there', async () => {
    const library = new FakeLibrary(counts);
    const { model, screen } = await inTheMiddle(library);
    const before = screen.tiles();
    library.add(dayBack(0), 7);
    model.setSkeleton(library.skeleton());
    await screen.rest();
    expect(model.arrivals).toBe(7);
    for (const id of screen.visible()) expect(screen.tiles().get(id)).toBe(before.get(id));
    library.remove(library.assets[0]?.id ?? '');
    model.setSkeleton(library.skeleton());
    await screen.rest();
    expect(model.arrivals).toBe(6);
    model.jumpToProgress(0);
    expect(model.arrivals).toBe(0);
  });
});
