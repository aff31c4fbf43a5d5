import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Section, SectionMap } from './sections';
import { dayBack, FakeLibrary } from './testing';
import { WindowCache } from './windowCache';

const loaded = vi.fn();
const trouble = vi.fn();

beforeEach(() => {
  vi.useFakeTimers();
  loaded.mockReset();
  trouble.mockReset();
});

afterEach(() => {
  vi.useRealTimers();
});

function cacheOf(library: FakeLibrary, mostAssets?: number) {
  const cache = new WindowCache(
    library,
    { onLoaded: loaded, onTrouble: trouble, onRetry: () => undefined },
    Date.now,
    mostAssets,
  );
  const { sections } = new SectionMap(library.skeleton());
  return { cache, sections };
}

const flush = () => vi.advanceTimersByTimeAsync(0);

describe('WindowCache', () => {
  test('fetches neighbouring small sections in one window', async () => {
    const library = new FakeLibrary([
      [dayBack(0), 5],
      [dayBack(40), 7],
      [dayBack(80), 9],
    ]);
    const { cache, sections } = cacheOf(library);
    cache.want(sections);
    await flush();
    expect(library.asked).toEqual([{ day: dayBack(0), offset: 0, limit: 21 }]);
    expect(sections.map((section) => cache.get(section)?.assets.length)).toEqual([5, 7, 9]);
    expect(cache.get(sections[1] as Section)?.assets.every((facts) => facts?.day === dayBack(40))).toBe(true);
  });

  test('asks once, however often a section is wanted', async () => {
    const library = new FakeLibrary([[dayBack(0), 5]]);
    const { cache, sections } = cacheOf(library);
    cache.want(sections);
    cache.want(sections);
    await Promise.all([cache.load(sections[0] as Section), cache.load(sections[0] as Section)]);
    cache.want(sections);
    await flush();
    expect(library.asked).toHaveLength(1);
  });

  test('cancels what left the screen, but not what somebody waits for', async () => {
    const library = new FakeLibrary([[dayBack(0), 2000]]);
    const { cache, sections } = cacheOf(library);
    library.hold();
    cache.want(sections.slice(0, 2));
    const waiting = cache.load(sections[1] as Section);
    cache.want([]);
    library.release();
    await waiting;
    await flush();
    expect(cache.get(sections[0] as Section)).toBeNull();
    expect(cache.get(sections[1] as Section)).not.toBeNull();
    expect(trouble).not.toHaveBeenCalledWith(true);
  });

  test('tries again by itself, slower each time, and says when it works again', async () => {
    const library = new FakeLibrary([[dayBack(0), 5]]);
    const { cache, sections } = cacheOf(library);
    library.failing = true;
    cache.want(sections);
    await flush();
    expect(trouble).toHaveBeenLastCalledWith(true);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(library.asked).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(1_500);
    expect(library.asked).toHaveLength(2);
    library.failing = false;
    await vi.advanceTimersByTimeAsync(600);
    expect(library.asked).toHaveLength(3);
    expect(trouble).toHaveBeenLastCalledWith(false);
    expect(cache.get(sections[0] as Section)?.assets).toHaveLength(5);
  });

  test('fetches again before the picture URLs end, and keeps the old state until then', async () => {
    const library = new FakeLibrary([[dayBack(0), 5]]);
    library.expires = Date.now() + 3_600_000;
    const { cache, sections } = cacheOf(library);
    cache.want(sections);
    await flush();
    expect(cache.isFresh(sections[0] as Section)).toBe(true);
    vi.setSystemTime(Date.now() + 3_550_000);
    expect(cache.isFresh(sections[0] as Section)).toBe(false);
    expect(cache.get(sections[0] as Section)).not.toBeNull();
    cache.want(sections);
    await flush();
    expect(library.asked).toHaveLength(2);
  });

  test('a wrong clock does not make it ask without end', async () => {
    const library = new FakeLibrary([[dayBack(0), 5]]);
    library.expires = Date.now() - 3_600_000;
    const { cache, sections } = cacheOf(library);
    cache.want(sections);
    await flush();
    cache.want(sections);
    await vi.advanceTimersByTimeAsync(30_000);
    expect(library.asked).toHaveLength(1);
  });

  test('drops what was used longest ago, never what is on the screen', async () => {
    const library = new FakeLibrary([[dayBack(0), 4000]]);
    const { cache, sections } = cacheOf(library, 1200);
    for (const section of sections) {
      cache.want([section]);
      await flush();
    }
    const kept = sections.filter((section) => cache.get(section) !== null);
    expect(kept.reduce((sum, section) => sum + section.count, 0)).toBeLessThanOrEqual(1200);
    expect(kept.at(-1)).toBe(sections.at(-1));
  });

  test('a server that knows fewer assets of a day leaves holes, and is asked again later', async () => {
    const library = new FakeLibrary([
      [dayBack(0), 5],
      [dayBack(1), 4],
    ]);
    const { cache, sections } = cacheOf(library);
    library.remove('asset-2');
    cache.want(sections);
    await flush();
    expect(cache.get(sections[0] as Section)?.assets.map((facts) => facts?.day ?? null)).toEqual([
      ...new Array(4).fill(dayBack(0)),
      null,
      ...new Array(4).fill(dayBack(1)),
    ]);
    vi.setSystemTime(Date.now() + 4_000);
    expect(cache.isFresh(sections[0] as Section)).toBe(false);
  });

  test('a server that knows more assets of a day does not disturb the next day', async () => {
    const library = new FakeLibrary([
      [dayBack(0), 5],
      [dayBack(1), 4],
    ]);
    const { cache, sections } = cacheOf(library);
    library.add(dayBack(0), 2);
    cache.want(sections);
    await flush();
    const assets = cache.get(sections[0] as Section)?.assets ?? [];
    expect(assets.slice(0, 5).every((facts) => facts?.day === dayBack(0))).toBe(true);
    expect(assets.slice(5).every((facts) => facts === null || facts.day === dayBack(1))).toBe(true);
  });

  test('asks for nothing any more when it has been left', async () => {
    const library = new FakeLibrary([[dayBack(0), 5]]);
    const { cache, sections } = cacheOf(library);
    library.hold();
    cache.want(sections);
    cache.pause();
    library.release();
    await flush();
    expect(library.asked).toHaveLength(1);
  });

  test('what changes while an answer is on its way is asked for once more', async () => {
    const library = new FakeLibrary([[dayBack(0), 5]]);
    const { cache, sections } = cacheOf(library);
    const ofTheDay = () => cache.markStale(({ assets }) => assets.some((facts) => facts?.day === dayBack(0)));
    library.hold();
    cache.want(sections);
    cache.markStale(() => false);
    library.release();
    await flush();
    expect(library.asked, 'nothing was known of it').toHaveLength(2);

    ofTheDay();
    library.hold();
    cache.want(sections);
    cache.markStale(() => false);
    ofTheDay();
    library.release();
    await flush();
    expect(library.asked, 'it was outdated already').toHaveLength(4);
    expect(cache.isFresh(sections[0] as Section)).toBe(true);

    cache.want(sections);
    await flush();
    expect(library.asked).toHaveLength(4);
  });

  test('patches facts without asking', async () => {
    const library = new FakeLibrary([[dayBack(0), 3]]);
    const { cache, sections } = cacheOf(library);
    cache.want(sections);
    await flush();
    cache.patch(new Set(['asset-1']), (facts) => ({ ...facts, favourite: true }));
    expect(cache.get(sections[0] as Section)?.assets.map((facts) => facts?.favourite)).toEqual([
      false,
      true,
      false,
    ]);
    expect(library.asked).toHaveLength(1);
  });
});
