/**
 * Two million assets, one day of which holds seventy thousand: the browser's part alone, with a made-up timeline in
 * place of the server's, because what is measured is the page.
 */
import type { CDPSession, Page } from '@playwright/test';
import { newcomer } from './people';
import { enterAs, expect, test } from './test';

/** To watch each task of a page costs a busy machine far more than the tasks themselves. */
test.describe.configure({ timeout: 180_000 });

const TOTAL = 2_000_000;
const DENSE_DAY = 700;
const DENSE = 70_000;
/** The longest that the page may keep the main thread busy in one go, in milliseconds. */
const LONGEST = 50;
/** A grey picture of one pixel. */
const PICTURE = Buffer.from('R0lGODlhAQABAIAAAISEhAAAACwAAAAAAQABAAACAkQBADs=', 'base64');
/** A real ThumbHash, so that painting placeholders is part of the measurement. */
const THUMBHASH = 'oDYKRZpQdndfiYiVeIh4h7C7Cyh3';
const RATIOS = [1.5, 0.667, 1.333, 0.75, 1.778];

const days: string[] = [];
const counts: number[] = [];
const starts = new Map<string, number>();

let left = TOTAL;
for (let back = 0; left > 0; back++) {
  const count = Math.min(left, back === DENSE_DAY ? DENSE : 1 + ((back * 7919) % 230) * ((back % 3) + 1));
  const day = new Date(Date.UTC(2026, 10, 20) - back * 86_400_000).toISOString().slice(0, 10);
  starts.set(day, TOTAL - left);
  days.push(day);
  counts.push(count);
  left -= count;
}

function uuid(value: number): string {
  return `00000000-0000-7000-8000-${value.toString(16).padStart(12, '0')}`;
}

function windowOf(day: string, offset: number, limit: number) {
  const first = (starts.get(day) ?? 0) + offset;
  const size = Math.min(limit, TOTAL - first);
  const runs: [string, number][] = [];
  let at = days.indexOf(day);
  for (let remaining = size, skip = offset; remaining > 0; at++, skip = 0) {
    const count = Math.min(remaining, (counts[at] ?? 0) - skip);
    if (count > 0) runs.push([days[at] ?? '', count]);
    remaining -= Math.max(0, count);
  }
  const all = Array.from({ length: size }, (_, index) => first + index);
  return {
    day,
    offset,
    days: runs,
    ids: all.map(uuid),
    blobs: all.map(uuid),
    sigs: all.map(() => 'signature'),
    expires: Math.floor(Date.now() / 1000) + 7200,
    thumb: 'thumb-1',
    preview: 'preview-1',
    ratios: all.map((index) => RATIOS[(index * 31) % RATIOS.length]),
    thumbhashes: all.map(() => THUMBHASH),
    times: all.map((index) => 1439 - (index % 1440)),
    flags: all.map(() => 0),
    sizes: all.map((index) => 1000 + (index % 5000)),
    durations: {},
    rotations: {},
    titles: {},
  };
}

async function serveHugeTimeline(page: Page): Promise<void> {
  await page.route(/\/api\/timeline\?/, (route) =>
    route.fulfill({ json: { total: TOTAL, days, counts, revision: 'huge' } }),
  );
  await page.route(/\/api\/timeline\/window\?/, (route) => {
    const query = new URL(route.request().url()).searchParams;
    const [day, offset, limit] = ['day', 'offset', 'limit'].map((name) => query.get(name));
    return route.fulfill({ json: windowOf(day ?? days[0] ?? '', Number(offset), Number(limit ?? 512)) });
  });
  await page.route(/\/media\//, (route) => route.fulfill({ contentType: 'image/gif', body: PICTURE }));
}

interface TraceEvent {
  name: string;
  ph: string;
  pid: number;
  tid: number;
  /** Wall and processor time, in microseconds. */
  dur?: number;
  tdur?: number;
  args?: { name?: string };
}

/** The busiest tasks of the page's main thread while something is done, in milliseconds, longest first. */
async function tasksDuring(
  session: CDPSession,
  work: () => Promise<void>,
): Promise<{ wall: number; cpu: number }[]> {
  const events: TraceEvent[] = [];
  session.on('Tracing.dataCollected', ({ value }) => events.push(...(value as unknown as TraceEvent[])));
  await session.send('Tracing.start', {
    traceConfig: { includedCategories: ['toplevel', '__metadata'] },
    transferMode: 'ReportEvents',
  });
  await work();
  const complete = new Promise((resolve) => session.once('Tracing.tracingComplete', resolve));
  await session.send('Tracing.end');
  await complete;
  const tasks = events.filter(({ name, ph }) => ph === 'X' && /RunTask$/.test(name));
  const threads = events.filter(
    ({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain',
  );
  const busy = (thread: TraceEvent) =>
    tasks.filter(({ pid, tid }) => pid === thread.pid && tid === thread.tid);
  const main = threads.map(busy).sort((one, other) => other.length - one.length)[0] ?? [];
  return main
    .map(({ dur = 0, tdur = 0 }) => ({ wall: dur / 1000, cpu: tdur / 1000 }))
    .sort((one, other) => other.cpu - one.cpu);
}

for (const density of ['days', 'months']) {
  test(`two million assets in ${density}: any time is reached at once, and nothing keeps the page busy`, async ({
    page,
  }) => {
    test.slow();
    await page.addInitScript((chosen) => localStorage.setItem('gallery.density', chosen), density);
    const person = await newcomer('Вера');
    await serveHugeTimeline(page);
    await enterAs(page, person);
    await page.goto(`/s/${person.personalSpaceId}`);
    const tiles = page.locator('[data-index]');
    await tiles.first().waitFor();
    await page.waitForTimeout(1000);
    const session = await page.context().newCDPSession(page);
    const rail = page.getByRole('slider');
    const box = await rail.boundingBox();
    if (!box) throw new Error('The scrubber has no place.');
    const scroller = page.getByTestId('timeline-scroller');

    const scrubbing = await tasksDuring(session, async () => {
      if (test.info().project.name === 'phone') {
        await rail.focus();
        for (let year = 0; year < 25; year++) await page.keyboard.press('PageDown');
        return;
      }
      const x = box.x + box.width / 2;
      await page.mouse.move(x, box.y + 5);
      await page.mouse.down();
      for (let step = 0; step <= 60; step++)
        await page.mouse.move(x, box.y + 5 + ((box.height - 10) * step) / 60);
      await page.mouse.up();
    });
    await expect(tiles.first()).toBeVisible();

    const scrolling = await tasksDuring(session, async () => {
      for (let step = 0; step < 60; step++) {
        await scroller.evaluate((element) => element.scrollBy(0, -400));
        await page.waitForTimeout(16);
      }
    });

    // Each photo in the viewer with what lies around it; its facts are the server's, who does not have them.
    await tiles.first().locator('a').click();
    await page.getByTestId('stage').waitFor();
    await page.waitForTimeout(1000);
    const leafing = await tasksDuring(session, async () => {
      for (let step = 0; step < 60; step++) {
        await page.keyboard.press('ArrowRight');
        await page.waitForTimeout(16);
      }
    });

    expectCalm({ scrubbing, scrolling, leafing });
  });
}

/** No task of the page took long. */
function expectCalm(work: Record<string, { wall: number; cpu: number }[]>): void {
  for (const [name, tasks] of Object.entries(work)) {
    const longest = Math.max(...tasks.map(({ wall }) => wall));
    const text = `longest task ${tasks[0]?.cpu.toFixed(1)} ms of processor time (${longest.toFixed(1)} ms by the clock)`;
    test.info().annotations.push({ type: name, description: text });
    // Processor time: other work on the machine that runs the tests is not the page's fault.
    expect(tasks[0]?.cpu ?? Number.POSITIVE_INFINITY, `${name}: ${text}`).toBeLessThan(LONGEST);
  }
}

test('two million assets: their years come and go, and nothing keeps the page busy', async ({ page }) => {
  test.slow();
  const person = await newcomer('Вера');
  await serveHugeTimeline(page);
  await enterAs(page, person);
  await page.goto(`/s/${person.personalSpaceId}`);
  await page.locator('[data-index]').first().waitFor();
  await page.waitForTimeout(1000);
  const session = await page.context().newCDPSession(page);
  const years = page.getByTestId('years');
  await page.keyboard.press('-');
  // The first time its code has to come.
  await page.keyboard.press('-');
  await years.waitFor();
  await page.keyboard.press('+');
  await page.locator('[data-index]').first().waitFor();
  const opening = await tasksDuring(session, async () => {
    await page.keyboard.press('-');
    await years.waitFor();
    await page.waitForTimeout(500);
  });
  const scrolling = await tasksDuring(session, async () => {
    for (let step = 0; step < 40; step++) {
      await years.evaluate((element) => element.scrollBy(0, 300));
      await page.waitForTimeout(16);
    }
  });
  const closing = await tasksDuring(session, async () => {
    await page.keyboard.press('+');
    await page.locator('[data-index]').first().waitFor();
    await page.waitForTimeout(500);
  });
  expectCalm({ opening, scrolling, closing });
});

test('two million assets: both ends, and the middle of a day of seventy thousand', async ({ page }) => {
  test.slow();
  const person = await newcomer('Вера');
  await serveHugeTimeline(page);
  await enterAs(page, person);
  await page.goto(`/s/${person.personalSpaceId}`);
  await page.locator('[data-index="0"]').waitFor();
  const rail = page.getByRole('slider');
  await rail.focus();
  await page.keyboard.press('End');
  await expect(page.locator(`[data-index="${TOTAL - 1}"]`)).toBeVisible();
  const space = await page.getByTestId('timeline-scroller').evaluate((element) => ({
    height: element.scrollHeight,
    rest: element.scrollHeight - element.clientHeight - element.scrollTop,
  }));
  expect(space.height).toBeLessThan(16_000_000);
  await page.keyboard.press('Home');
  await expect(page.locator('[data-index="0"]')).toBeInViewport();

  const day = days[DENSE_DAY] ?? '';
  const middle = (starts.get(day) ?? 0) + DENSE / 2;
  await page.evaluate(
    ([key, place]) => sessionStorage.setItem(key ?? '', place ?? ''),
    [`gallery.place.${person.personalSpaceId}.all`, JSON.stringify({ day, offset: DENSE / 2, inset: 0 })],
  );
  // The page writes its own place when it is left; the one above is for the next one.
  await page.addInitScript(
    ([key, place]) => sessionStorage.setItem(key ?? '', place ?? ''),
    [`gallery.place.${person.personalSpaceId}.all`, JSON.stringify({ day, offset: DENSE / 2, inset: 0 })],
  );
  await page.reload();
  await expect(page.locator(`[data-index="${middle}"]`)).toBeInViewport();
});
