import { afterEach, describe, expect, test, vi } from 'vitest';
import { askEarly, timelineQuestions } from '@/api/early';
import { abandonSession, resumeSession } from '@/api/session';
import { assetWindow, gatherNewest, timelineSource } from './source';

afterEach(() => {
  vi.unstubAllGlobals();
});

const TOKENS = {
  access_token: 'token',
  expires_in: 600,
  refresh_token: null,
  user: { id: 'u', locale: 'ru' },
};

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
  flags: [2 + 32 + 64, 4, 8, 1 + 16],
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
      own: true,
      video: false,
      live: true,
      rotation: 270,
      thumbhash: 'aGk=',
      thumb: '/media/ba/thumb-1?e=1714600000&s=sa',
      preview: '/media/ba/preview-1?e=1714600000&s=sa',
    });
    expect(assets[3]).toMatchObject({
      video: true,
      live: false,
      own: false,
      rotation: 0,
      damaged: true,
      duration: 12.5,
    });
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

describe('timelineSource', () => {
  const address = { day: '2024-05-02', offset: 0, limit: 4 };

  /** Answers windows; tells for which day each was asked. */
  async function serveWindows(newest: unknown) {
    const days: (string | null)[] = [];
    vi.stubGlobal('fetch', async (asked: string | Request) => {
      const url = new URL(typeof asked === 'string' ? asked : asked.url, location.origin);
      if (url.pathname === '/api/auth/refresh') return Response.json(TOKENS);
      const day = url.searchParams.get('day');
      days.push(day);
      return Response.json(day === null ? newest : wire);
    });
    await resumeSession();
    return days;
  }

  const source = () => timelineSource('s', 'all');

  async function loaded(place: typeof address, from = source()) {
    const { assets } = await from.loadWindow(place, new AbortController().signal);
    return assets.length;
  }

  test('knows the newest window that was asked for early, takes it once, and its thumbs travel', async () => {
    const thumbs: string[] = [];
    vi.stubGlobal(
      'Image',
      class {
        set src(url: string) {
          thumbs.push(url);
        }
      },
    );
    const days = await serveWindows(wire);
    askEarly(timelineQuestions('s', 'all').newest);
    await gatherNewest('s', 'all');
    await vi.waitFor(() => expect(thumbs).not.toEqual([]));
    const first = source();
    expect(first.known?.map(({ id }) => id)).toEqual(wire.ids);
    expect(thumbs).toEqual(['/media/ba/thumb-1?e=1714600000&s=sa', '/media/bd/thumb-1?e=1714600000&s=sd']);
    expect(source().known).toEqual([]);
    expect([await loaded(address, first), await loaded(address, first)]).toEqual([4, 4]);
    expect(days).toEqual([null, '2024-05-02']);
  });

  test('waits for the early answer rather than ask the same again', async () => {
    const days = await serveWindows(wire);
    askEarly(timelineQuestions('s', 'all').newest);
    void gatherNewest('s', 'all');
    const early = source();
    expect(early.known).toEqual([]);
    expect(await loaded(address, early)).toBe(4);
    expect(days).toEqual([null]);
  });

  test('gathers nothing that was not asked for', async () => {
    const days = await serveWindows(wire);
    await gatherNewest('s', 'all');
    expect(days).toEqual([]);
    expect(source().known).toEqual([]);
  });

  test('asks for what it needs where the early answer is about other photos, or none came', async () => {
    const newest = { ...wire, day: '2024-05-03', days: [['2024-05-03', 4]] };
    const days = await serveWindows(newest);
    askEarly(timelineQuestions('s', 'all').newest);
    await gatherNewest('s', 'all');
    const early = source();
    expect(await loaded(address, early)).toBe(4);
    expect(await loaded({ ...address, offset: 1 }, early)).toBe(4);
    expect(days).toEqual([null, '2024-05-02', '2024-05-02']);
  });

  test('does not take it for a later part of its day', async () => {
    const days = await serveWindows(wire);
    askEarly(timelineQuestions('s', 'all').newest);
    await gatherNewest('s', 'all');
    await loaded({ ...address, offset: 1 });
    expect(days).toEqual([null, '2024-05-02']);
  });

  // The last one: nobody is signed in after it.
  test("what was gathered is nobody else's, and not for ever", async () => {
    await serveWindows(wire);
    const gather = async () => {
      askEarly(timelineQuestions('s', 'all').newest);
      await gatherNewest('s', 'all');
    };
    vi.useFakeTimers();
    await gather();
    vi.advanceTimersByTime(29_000);
    vi.useRealTimers();
    expect(source().known).toHaveLength(4);

    vi.useFakeTimers();
    await gather();
    vi.advanceTimersByTime(30_000);
    vi.useRealTimers();
    expect(source().known).toEqual([]);

    await gather();
    abandonSession();
    expect(source().known).toEqual([]);
  });
});
