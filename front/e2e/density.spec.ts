/** How much of the library one sees at once, and that what one looks at stays where it is, whatever happens around it. */
import type { Page } from '@playwright/test';
import type { Person } from './people';
import {
  isPhone,
  openTimeline,
  type Point,
  personWithSquares,
  pinch,
  scroller,
  tile,
  tiles,
  viewer,
} from './photos';
import { expect, expectAccessible, shoot, test } from './test';
import { noise } from './uploads';

test.describe.configure({ timeout: 120_000 });

const PHOTOS = 48;

/** One person for all tests that only look. */
let reader: Promise<Person> | null = null;

function theReader(): Promise<Person> {
  reader ??= personWithSquares(PHOTOS);
  return reader;
}

const years = (page: Page) => page.getByTestId('years');
const choose = (page: Page, density: string) =>
  page.getByRole('group', { name: 'Сколько показывать' }).getByRole('button', { name: density }).click();

/** The photo at a point of the screen. */
function photoAt(page: Page, { x, y }: Point): Promise<string | null> {
  return page.evaluate(
    ([left, top]) =>
      document.elementFromPoint(left ?? 0, top ?? 0)?.closest<HTMLElement>('[data-index]')?.dataset.index ??
      null,
    [x, y],
  );
}

/** Where the tile of a photo is; null when it is not drawn. */
function topOf(page: Page, index: string): Promise<number | null> {
  return page.evaluate(
    (wanted) => document.querySelector(`[data-index="${wanted}"]`)?.getBoundingClientRect().top ?? null,
    index,
  );
}

/** Scrolls to the middle of the library and rests. */
async function goToMiddle(page: Page): Promise<void> {
  await page.getByRole('slider').focus();
  for (let month = 0; month < 4; month++) await page.keyboard.press('ArrowDown');
  await scroller(page).evaluate((element) => element.scrollBy(0, 130));
  await page.waitForTimeout(400);
  // What is not loaded yet has no index, and could not be found again.
  await expect(scroller(page).locator('[class*="_empty_"]')).toHaveCount(0);
}

async function middleOf(page: Page): Promise<Point> {
  const box = await scroller(page).boundingBox();
  if (!box) throw new Error('The timeline has no place.');
  // Near the left edge, where there is a photo in every row.
  return { x: Math.round(box.x + 60), y: Math.round(box.y + box.height * 0.45) };
}

test('days, months and years by the control and by keys; the choice is remembered', async ({ page }) => {
  await openTimeline(page, await theReader());
  const rows = await tiles(page).count();
  await choose(page, 'Месяцы');
  await expect(page.getByRole('heading', { level: 3 })).toHaveCount(0);
  await expect.poll(() => tiles(page).count()).toBeGreaterThan(rows);
  await shoot(page, 'density-months');
  await expectAccessible(page);
  await page.keyboard.press('-');
  await expect(years(page)).toBeVisible();
  await expect(years(page).getByRole('heading', { level: 2 }).first()).toHaveText(/^\d{4}/);
  await expect(years(page).locator('img').first()).toBeVisible();
  await page.waitForTimeout(500);
  await shoot(page, 'density-years');
  await expectAccessible(page);
  await page.reload();
  await expect(years(page)).toBeVisible();

  const card = years(page).getByRole('button').nth(4);
  const month = (await card.getAttribute('data-month')) ?? '';
  await card.click();
  await expect(tiles(page).first()).toBeVisible();
  await expect
    .poll(() => page.getByRole('slider').getAttribute('aria-valuetext'))
    .toContain(month.slice(0, 4));
  const name = await page.getByRole('slider').getAttribute('aria-valuetext');
  await expect(page.getByRole('heading', { level: 2, name: name ?? '' })).toBeInViewport();
  await page.keyboard.press('+');
  await expect(page.getByRole('heading', { level: 3 }).first()).toBeVisible();
  await choose(page, 'Годы');
  await expect(years(page).locator(`[data-month="${month}"]`)).toBeInViewport();
  await page.keyboard.press('+');
  await page.keyboard.press('+');
  await expect(page.getByRole('heading', { level: 3 }).first()).toBeVisible();
});

test('Ctrl and the wheel change the density around the pointer', async ({ page }) => {
  test.skip(isPhone(), 'phones have no wheel');
  await openTimeline(page, await theReader());
  await goToMiddle(page);
  const point = await middleOf(page);
  const photo = await photoAt(page, point);
  expect(photo).not.toBeNull();
  await page.mouse.move(point.x, point.y);
  await page.keyboard.down('Control');
  await page.mouse.wheel(0, 120);
  await expect(page.getByRole('heading', { level: 3 })).toHaveCount(0);
  await expect.poll(async () => distance(await topOf(page, photo ?? ''), point.y)).toBeLessThan(100);
  await page.waitForTimeout(450);
  await page.mouse.wheel(0, -120);
  await expect(page.getByRole('heading', { level: 3 }).first()).toBeVisible();
  await expect.poll(async () => distance(await topOf(page, photo ?? ''), point.y)).toBeLessThan(260);
  await page.keyboard.up('Control');
});

test('two fingers change the density around themselves', async ({ page }) => {
  test.skip(!isPhone(), 'needs a touch screen');
  await openTimeline(page, await theReader());
  await goToMiddle(page);
  const point = await middleOf(page);
  const photo = await photoAt(page, point);
  await pinch(page, { x: 195, y: point.y }, 0.5);
  await expect(page.getByRole('heading', { level: 3 })).toHaveCount(0);
  await expect.poll(async () => distance(await topOf(page, photo ?? ''), point.y)).toBeLessThan(80);
  expect(await page.evaluate(() => visualViewport?.scale)).toBe(1);
  await page.waitForTimeout(300);
  await pinch(page, { x: 195, y: point.y }, 1.6);
  await expect(page.getByRole('heading', { level: 3 }).first()).toBeVisible();
  await expect.poll(async () => distance(await topOf(page, photo ?? ''), point.y)).toBeLessThan(200);
  await page.waitForTimeout(300);
  await pinch(page, { x: 195, y: point.y }, 0.35);
  await expect(years(page)).toBeVisible();
  await expect(viewer(page)).toBeHidden();
  await expect(page.getByRole('toolbar')).toBeHidden();
});

function distance(top: number | null, wanted: number): number {
  return top === null ? Number.POSITIVE_INFINITY : Math.abs(top - wanted);
}

for (const density of ['days', 'months']) {
  test(`${density}: a turned screen, and the viewer, leave one where one was`, async ({ page }) => {
    test.skip(density === 'months' && !isPhone(), 'on a desktop nearly all of this library is on the screen');
    await page.addInitScript((chosen) => localStorage.setItem('gallery.density', chosen), density);
    await openTimeline(page, await theReader());
    await goToMiddle(page);
    const size = page.viewportSize() ?? { width: 0, height: 0 };
    const box = await scroller(page).boundingBox();
    const photo = await topRow(page, box?.y ?? 0);
    const before = (await topOf(page, photo)) ?? Number.NaN;
    await page.setViewportSize({ width: size.height, height: size.width });
    await expect.poll(async () => distance(await topOf(page, photo), before)).toBeLessThan(240);
    await page.setViewportSize(size);
    await expect.poll(async () => distance(await topOf(page, photo), before)).toBeLessThan(4);

    const shown = tile(page, Number(await firstRow(page, (box?.y ?? 0) + 80)));
    const place = (await shown.boundingBox())?.y ?? Number.NaN;
    await shown.locator('a').click();
    await expect(viewer(page)).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(viewer(page)).toBeHidden();
    await expect.poll(async () => distance((await shown.boundingBox())?.y ?? null, place)).toBeLessThan(90);
  });
}

/** The first photo of the row at the upper edge of the screen, which is the place that is kept. */
function topRow(page: Page, edge: number): Promise<string> {
  return tiles(page).evaluateAll(
    (all, top) => all.find((one) => one.getBoundingClientRect().bottom > top + 1)?.dataset.index ?? '',
    edge,
  );
}

/** The first photo whose row begins on the screen. */
function firstRow(page: Page, from: number): Promise<string> {
  return tiles(page).evaluateAll(
    (all, top) => all.find((one) => one.getBoundingClientRect().top >= top)?.dataset.index ?? '',
    from,
  );
}

test('what arrives does not move what one reads; a pill leads to it', async ({ page }) => {
  const person = await personWithSquares(40);
  await openTimeline(page, person);
  await goToMiddle(page);
  const box = await scroller(page).boundingBox();
  const photo = await firstRow(page, (box?.y ?? 0) + 40);
  const address = await tile(page, Number(photo)).locator('a').getAttribute('href');
  const before = await topOf(page, photo);
  const space = { id: person.personalSpaceId, name: '', kind: 'personal' } as const;
  for (const name of ['a.png', 'b.png', 'c.png']) await person.upload(space, name, noise(40));
  const pill = page.getByRole('button', { name: '3 новых фото' });
  await expect(pill).toBeVisible({ timeout: 20_000 });
  const now = page.locator(`[data-index] a[href="${address}"]`);
  await expect(now).toHaveCount(1);
  const after = await now.evaluate((link) => link.closest('[data-index]')?.getBoundingClientRect().top);
  expect(Math.abs((after ?? Number.NaN) - (before ?? Number.NaN))).toBeLessThan(2);
  await shoot(page, 'density-arrived');
  await expectAccessible(page);
  await pill.click();
  await expect(tile(page, 0)).toBeInViewport();
  await expect(pill).toBeHidden();
});
