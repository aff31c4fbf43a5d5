/** The timeline and the viewer, as people use them: by mouse, keys and fingers, on photos that the gallery made. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { gallery } from './installation';
import { newcomer, type Person } from './people';
import {
  bar,
  fingers,
  idIn,
  isPhone,
  open,
  openTimeline,
  personalSpace,
  personWithPhotos,
  previewShown,
  scroller,
  skeletonOf,
  stage,
  thumbsShown,
  tile,
  tiles,
  viewer,
  windowOf,
} from './photos';
import { enterAs, expect, expectAccessible, ONCE, shoot, test } from './test';

const PHOTOS = 60;
const SAMPLES = fileURLToPath(new URL('../../../shared/photos/', import.meta.url));

/** Making photos and their previews takes its time on a busy machine. */
test.describe.configure({ timeout: 240_000 });

/** One person with a demo library for all tests that only look. */
let reader: Promise<Person> | null = null;

function theReader(): Promise<Person> {
  reader ??= personWithPhotos(PHOTOS);
  return reader;
}

test.describe('the timeline', () => {
  test('shows thumbs in rows that fill the width, under months and days', async ({ page }) => {
    await openTimeline(page, await theReader());
    await thumbsShown(page);
    await expect(page.getByRole('heading', { level: 2 }).first()).toHaveText(/\d{4}$/);
    await expect(page.getByRole('heading', { level: 3 }).first()).toBeVisible();
    const gaps = await tiles(page).evaluateAll((all) => {
      const boxes = all.map((one) => one.getBoundingClientRect());
      const overlaps = boxes.filter((box, at) => {
        const next = boxes[at + 1];
        return next && next.top < box.bottom - 1 && next.left < box.right && next.top >= box.top;
      });
      return overlaps.length;
    });
    expect(gaps, 'no tile lies over another').toBe(0);
    await shoot(page, 'gallery-timeline');
    await expectAccessible(page);
  });

  test('until a picture comes, its tile shows what is known of it; also when it is drawn again', async ({
    page,
  }) => {
    await page.route(/\/media\//, () => undefined);
    await openTimeline(page, await personWithPhotos(12));
    const painted = () =>
      tiles(page).evaluateAll((all) =>
        all.map((one) => {
          const [canvas, ...more] = one.querySelectorAll('canvas');
          const pixels = canvas?.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
          return more.length === 0 && new Set(pixels).size > 8;
        }),
      );
    await expect.poll(painted).toEqual(Array(12).fill(true));
    // The tiles of months have none, and give theirs back.
    await page.keyboard.press('-');
    await expect(page.getByRole('heading', { level: 3 })).toHaveCount(0);
    await expect(tiles(page).locator('canvas')).toHaveCount(0);
    await page.keyboard.press('+');
    await expect.poll(painted).toEqual(Array(12).fill(true));
  });

  test('rows stay where they are while one scrolls', async ({ page }) => {
    await openTimeline(page, await theReader());
    await thumbsShown(page);
    // Where a tile is must follow from how far was scrolled, and from nothing else.
    const drift = await scroller(page).evaluate(async (element) => {
      let worst = 0;
      for (let step = 0; step < 25; step++) {
        const tile = [...document.querySelectorAll<HTMLElement>('[data-index]')].find(
          (one) => one.getBoundingClientRect().top > 300,
        );
        if (!tile) break;
        const before = tile.getBoundingClientRect().top + element.scrollTop;
        const { index } = tile.dataset;
        element.scrollTop += 170;
        await new Promise((resolve) => setTimeout(resolve, 40));
        const after = document.querySelector(`[data-index="${index}"]`)?.getBoundingClientRect().top;
        if (after !== undefined) worst = Math.max(worst, Math.abs(after + element.scrollTop - before));
      }
      return worst;
    });
    expect(drift).toBeLessThan(2);
  });

  test('the scrubber leads to any year by keys and by dragging, and says where one is', async ({ page }) => {
    await openTimeline(page, await theReader());
    const rail = page.getByRole('slider');
    await rail.focus();
    await page.keyboard.press('End');
    await expect(tile(page, PHOTOS - 1)).toBeVisible();
    await expect(rail).toHaveAttribute('aria-valuenow', '100');
    const oldest = await rail.getAttribute('aria-valuetext');
    await page.keyboard.press('PageUp');
    await expect(rail).not.toHaveAttribute('aria-valuetext', oldest ?? '');
    await page.keyboard.press('Home');
    await expect(tile(page, 0)).toBeVisible();
    await expect(rail).toHaveAttribute('aria-valuenow', '0');
    if (isPhone()) return;
    const box = await rail.boundingBox();
    if (!box) throw new Error('The scrubber has no place.');
    const x = box.x + box.width / 2;
    await page.mouse.move(x, box.y + 10);
    await page.mouse.down();
    await page.mouse.move(x, box.y + box.height * 0.5, { steps: 5 });
    await expect(rail.getByText(/\d{4}$/).last()).toBeVisible();
    await thumbsShown(page);
    await shoot(page, 'gallery-scrubbing');
    await page.mouse.up();
    await expect(tile(page, 0)).toBeHidden();
  });

  test('a reload keeps the place', async ({ page }) => {
    await openTimeline(page, await theReader());
    await page.getByRole('slider').focus();
    await page.keyboard.press('PageDown');
    await thumbsShown(page);
    await page.waitForTimeout(400);
    const first = () =>
      tiles(page).evaluateAll(
        (all) => all.find((one) => one.getBoundingClientRect().top >= 60)?.dataset.index ?? null,
      );
    const before = await first();
    expect(Number(before)).toBeGreaterThan(0);
    await page.reload();
    await thumbsShown(page);
    expect(await first()).toBe(before);
  });

  test('new photos appear by themselves', ONCE, async ({ page }) => {
    const person = await newcomer('Вера');
    await enterAs(page, person);
    await page.goto(`/s/${person.personalSpaceId}`);
    await expect(page.getByRole('heading', { level: 2 })).toBeVisible();
    await gallery(['demo', '--login', person.account.login, '--count', '6']);
    await expect(tiles(page)).toHaveCount(6, { timeout: 30_000 });
    await thumbsShown(page);
  });
});

test('what somebody else deletes or restores follows by itself', ONCE, async ({ page }) => {
  const person = await personWithPhotos(5);
  await openTimeline(page, person);
  const ids = (await windowOf(person)).ids.slice(1, 3);
  await person.call('POST', '/api/assets/trash', { ids });
  await expect(tiles(page)).toHaveCount(3);
  await person.call('POST', '/api/assets/restore', { ids });
  await expect(tiles(page)).toHaveCount(5);
  await thumbsShown(page);
});

test.describe('the viewer', () => {
  test('opens, turns by keys, tells the facts, and closes where it came from', async ({ page }) => {
    await openTimeline(page, await theReader());
    await open(page, 2);
    const second = idIn(page);
    await shoot(page, 'gallery-viewer');
    await expectAccessible(page);
    await page.keyboard.press('ArrowRight');
    await expect.poll(() => idIn(page)).not.toBe(second);
    await page.keyboard.press('ArrowLeft');
    await expect.poll(() => idIn(page)).toBe(second);
    await page.keyboard.press('i');
    await expect(page.getByText(/\.jpg$/i)).toBeVisible();
    await expect(page.getByText(/ISO \d+/)).toBeVisible();
    await expect(page.getByRole('link', { name: /OpenStreetMap/ })).toHaveAttribute(
      'href',
      /openstreetmap\.org/,
    );
    await shoot(page, 'gallery-facts');
    await expectAccessible(page);
    if (isPhone()) await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    await expect(viewer(page)).toBeHidden();
    expect(idIn(page)).toBeNull();
    await expect(tile(page, 2).locator('a')).toBeFocused();
  });

  test('the back button closes it; the address opens it again, also after a reload', async ({ page }) => {
    await openTimeline(page, await theReader());
    await open(page, 4);
    const address = page.url();
    await page.goBack();
    await expect(viewer(page)).toBeHidden();
    await page.goto(address);
    await expect(viewer(page)).toBeVisible();
    await previewShown(page);
    await page.reload();
    await previewShown(page);
    await page.keyboard.press('ArrowRight');
    await expect.poll(() => page.url()).not.toBe(address);
    await page.keyboard.press('Escape');
    await expect(tile(page, 5)).toBeVisible();
  });

  test('an address of a photo that is not there says so', ONCE, async ({ page }) => {
    await openTimeline(page, await theReader(), '?photo=00000000-0000-7000-8000-000000000000');
    await expect(page.getByRole('heading', { name: 'Этого фото здесь больше нет' })).toBeVisible();
    await page.getByRole('button', { name: 'Назад к ленте' }).click();
    await expect(viewer(page)).toBeHidden();
    await expect(tile(page, 0)).toBeVisible();
  });

  test('Home and End lead to the ends, and the timeline follows', ONCE, async ({ page }) => {
    await openTimeline(page, await theReader());
    await open(page, 1);
    await page.keyboard.press('End');
    await expect(page.getByRole('button', { name: 'Следующее' })).toBeHidden();
    await page.waitForTimeout(400);
    await page.keyboard.press('Escape');
    await expect(tile(page, PHOTOS - 1)).toBeInViewport();
  });

  test('the help sheet lists the keys', async ({ page }) => {
    await openTimeline(page, await theReader());
    await open(page, 0);
    await page.keyboard.press('?');
    await expect(page.getByRole('dialog', { name: 'Клавиши' })).toBeVisible();
    await expectAccessible(page);
    await page.keyboard.press('Escape');
    await expect(viewer(page)).toBeVisible();
  });

  test('a double tap enlarges, and the original is fetched for it', async ({ page }) => {
    await openTimeline(page, await theReader());
    await open(page, 3);
    await expect(page.getByTestId('original')).toHaveCount(0);
    const middle = { x: (page.viewportSize()?.width ?? 0) / 2, y: (page.viewportSize()?.height ?? 0) / 2 };
    if (isPhone()) {
      await page.touchscreen.tap(middle.x, middle.y);
      await page.touchscreen.tap(middle.x, middle.y);
      // From two times on; a pinch goes further.
      await page.waitForTimeout(400);
      await fingers(
        page,
        [
          { x: middle.x - 20, y: middle.y },
          { x: middle.x - 150, y: middle.y },
        ],
        [
          { x: middle.x + 20, y: middle.y },
          { x: middle.x + 150, y: middle.y },
        ],
      );
    } else await page.mouse.dblclick(middle.x, middle.y);
    await expect(stage(page)).toHaveAttribute('data-zoomed');
    await expect
      .poll(() => page.getByTestId('original').evaluate((image: HTMLImageElement) => image.naturalWidth))
      .toBeGreaterThan(1920);
    await shoot(page, 'gallery-zoomed');
    await page.keyboard.press('0');
    await expect(stage(page)).not.toHaveAttribute('data-zoomed');
  });

  test('the wheel enlarges at the pointer, dragging moves', async ({ page }) => {
    test.skip(isPhone(), 'phones have no wheel');
    await openTimeline(page, await theReader());
    await open(page, 3);
    await page.mouse.move(500, 400);
    for (let step = 0; step < 5; step++) await page.mouse.wheel(0, -200);
    await expect(stage(page)).toHaveAttribute('data-zoomed');
    const left = () =>
      page
        .locator('[aria-hidden=false] img')
        .first()
        .evaluate((one) => one.getBoundingClientRect().left);
    const before = await left();
    await page.mouse.down();
    await page.mouse.move(560, 400, { steps: 4 });
    expect(await left()).toBeGreaterThan(before + 30);
    await page.mouse.up();
  });

  test('fingers turn the page, show the facts and close', async ({ page }) => {
    test.skip(!isPhone(), 'needs a touch screen');
    await openTimeline(page, await theReader());
    await open(page, 3);
    const first = idIn(page);
    await fingers(page, [
      { x: 320, y: 420 },
      { x: 90, y: 425 },
    ]);
    await expect.poll(() => idIn(page)).not.toBe(first);
    await page.waitForTimeout(300);
    await fingers(page, [
      { x: 90, y: 420 },
      { x: 320, y: 425 },
    ]);
    await expect.poll(() => idIn(page)).toBe(first);
    await page.waitForTimeout(300);
    await fingers(page, [
      { x: 200, y: 500 },
      { x: 200, y: 350 },
    ]);
    await expect(page.getByRole('dialog', { name: 'Сведения' })).toBeVisible();
    await page.keyboard.press('Escape');
    await page.waitForTimeout(300);
    await fingers(page, [
      { x: 200, y: 300 },
      { x: 205, y: 520 },
    ]);
    await expect(viewer(page)).toBeHidden();
    await expect(tile(page, 3)).toBeInViewport();
  });

  test('title and description are kept', ONCE, async ({ page }) => {
    const person = await personWithPhotos(3);
    await openTimeline(page, person);
    await open(page, 0);
    await page.keyboard.press('i');
    const title = page.getByRole('textbox', { name: 'Название' });
    await title.fill('Утро в горах');
    await title.press('Enter');
    await page.getByRole('textbox', { name: 'Описание' }).fill('Перед дождём');
    await page.getByRole('textbox', { name: 'Описание' }).blur();
    await expect
      .poll(() => person.call<{ title: string; description: string }>('GET', `/api/assets/${idIn(page)}`))
      .toMatchObject({ title: 'Утро в горах', description: 'Перед дождём' });
  });

  test('a file that cannot be shown says why, and can be downloaded', async ({ page }) => {
    const person = await newcomer('Вера');
    const bytes = new Uint8Array(5000).fill(7);
    bytes.set([0xff, 0xd8, 0xff, 0xe0, 0, 16, 0x4a, 0x46, 0x49, 0x46, 0]);
    const id = await person.upload(personalSpace(person), 'broken.jpg', bytes);
    await expect
      .poll(async () => (await person.call<{ status: string }>('GET', `/api/assets/${id}`)).status, {
        timeout: 40_000,
      })
      .toBe('failed');
    await openTimeline(page, person);
    await tile(page, 0).locator('a').click();
    await expect(page.getByRole('heading', { name: 'Этот файл нельзя показать' })).toBeVisible();
    await shoot(page, 'gallery-failed');
    await expectAccessible(page);
    const arrives = page.waitForEvent('download');
    await stage(page).getByRole('button', { name: 'Скачать оригинал' }).click();
    const download = await arrives;
    expect(download.suggestedFilename()).toBe('broken.jpg');
    expect(await readFile(await download.path())).toEqual(Buffer.from(bytes));
  });

  test('a video plays from the original, in parts', ONCE, async ({ page }) => {
    const sample = `${SAMPLES}video/vp9.webm`;
    test.skip(!existsSync(sample), 'needs the sample videos beside the repository');
    const person = await newcomer('Вера');
    const id = await person.upload(
      personalSpace(person),
      'film.webm',
      new Uint8Array(await readFile(sample)),
    );
    await expect
      .poll(async () => (await person.call<{ status: string }>('GET', `/api/assets/${id}`)).status, {
        timeout: 40_000,
      })
      .toBe('ready');
    await openTimeline(page, person);
    const part = page.waitForResponse((response) => response.status() === 206);
    await tile(page, 0).locator('a').click();
    await part;
    await expect
      .poll(() => page.locator('video').evaluate((video: HTMLVideoElement) => video.readyState))
      .toBeGreaterThan(0);
  });
});

test.describe('what is done with photos', () => {
  test('a favourite made in the viewer is on the page of favourites', ONCE, async ({ page }) => {
    const person = await personWithPhotos(5);
    await openTimeline(page, person);
    await open(page, 1);
    await page.keyboard.press('l');
    await expect(page.getByRole('button', { name: 'Убрать из избранного' })).toBeVisible();
    await page.keyboard.press('Escape');
    await page.goto(`/s/${person.personalSpaceId}/favourites`);
    await expect(tiles(page)).toHaveCount(1);
    await open(page, 0);
    await page.keyboard.press('l');
    // It leaves the page, and with it the viewer has nothing left to show.
    await expect(viewer(page)).toBeHidden();
    await page.getByRole('button', { name: 'Отменить' }).click();
    await expect(tiles(page)).toHaveCount(1);
  });

  test('a range is chosen with shift, put into the trash, and comes back by undo', async ({ page }) => {
    test.skip(isPhone(), 'needs a mouse');
    const person = await personWithPhotos(12);
    await openTimeline(page, person);
    await tile(page, 1).hover();
    await tile(page, 1).locator('[data-check]').click();
    await tile(page, 5).click({ modifiers: ['Shift'] });
    await expect(bar(page)).toContainText('5');
    await shoot(page, 'gallery-selected');
    await expectAccessible(page);
    await bar(page).getByRole('button', { name: 'В корзину' }).click();
    await expect(tiles(page)).toHaveCount(7);
    await page.getByRole('button', { name: 'Отменить' }).click();
    await expect(tiles(page)).toHaveCount(12);
    expect((await skeletonOf(person)).total).toBe(12);
  });

  test('drawing with the mouse chooses, Escape forgets, Ctrl+A chooses all', async ({ page }) => {
    test.skip(isPhone(), 'needs a mouse');
    await openTimeline(page, await theReader());
    const [from, to] = [await tile(page, 0).boundingBox(), await tile(page, 3).boundingBox()];
    if (!from || !to) throw new Error('The tiles have no place.');
    await page.mouse.move(from.x + 60, from.y + 60);
    await page.mouse.down();
    await page.mouse.move(to.x + 40, to.y + 40, { steps: 6 });
    await page.mouse.up();
    await expect(bar(page)).toContainText('4');
    await expect(viewer(page)).toBeHidden();
    await page.keyboard.press('Escape');
    await expect(bar(page)).toBeHidden();
    await page.getByRole('region').first().focus();
    await page.keyboard.press('Control+a');
    await expect(bar(page)).toContainText(String(PHOTOS));
  });

  test('a long press chooses, taps add, the day chooses all of it', async ({ page }) => {
    test.skip(!isPhone(), 'needs a touch screen');
    await openTimeline(page, await theReader());
    const box = await tile(page, 0).boundingBox();
    if (!box) throw new Error('The tile has no place.');
    const session = await page.context().newCDPSession(page);
    const touchPoints = [{ x: box.x + box.width / 2, y: box.y + box.height / 2 }];
    await session.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints });
    await page.waitForTimeout(700);
    await session.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
    await expect(bar(page)).toContainText('1');
    await tile(page, 1).tap();
    await expect(bar(page)).toContainText('2');
    await expect(viewer(page)).toBeHidden();
    await shoot(page, 'gallery-selected');
    // The first two photos belong to the first two days, so all of the third day is new.
    const { counts } = await skeletonOf(await theReader());
    await page.getByRole('heading', { level: 3 }).getByRole('button').nth(2).tap();
    await expect(bar(page)).toContainText(String(2 + (counts[2] ?? 0)));
  });

  test('keys alone choose and delete', ONCE, async ({ page }) => {
    const person = await personWithPhotos(6);
    await openTimeline(page, person);
    await page.getByRole('region').first().focus();
    await page.keyboard.press('ArrowRight');
    await expect(tile(page, 0).locator('a')).toBeFocused();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Space');
    await page.keyboard.press('Shift+ArrowRight');
    await expect(bar(page)).toContainText('2');
    await page.keyboard.press('Delete');
    await expect(tiles(page)).toHaveCount(4);
  });

  test('from the trash photos are restored, or deleted for ever after a question', async ({ page }) => {
    const person = await personWithPhotos(4);
    const { ids } = await windowOf(person);
    await person.call('POST', '/api/assets/trash', { ids: ids.slice(0, 2) });
    await openTimeline(page, person, '/trash');
    await expect(tiles(page)).toHaveCount(2);
    await open(page, 0);
    await page.getByRole('button', { name: 'Восстановить' }).click();
    await expect.poll(async () => (await skeletonOf(person)).total).toBe(3);
    await expect(viewer(page)).toBeVisible();
    await page.getByRole('button', { name: 'Удалить навсегда' }).click();
    const question = page.getByRole('dialog', { name: /навсегда/ });
    await expect(question).toBeVisible();
    await shoot(page, 'gallery-purge');
    await question.getByRole('button', { name: 'Удалить навсегда' }).click();
    await expect(page.getByRole('heading', { name: 'Корзина пуста' })).toBeVisible();
    expect((await skeletonOf(person)).total).toBe(3);
  });

  test('archived photos leave the timeline and wait in the archive', ONCE, async ({ page }) => {
    const person = await personWithPhotos(4);
    await openTimeline(page, person);
    await open(page, 0);
    await page.getByRole('button', { name: 'Ещё' }).last().click();
    await page.getByRole('menuitem', { name: 'В архив' }).click();
    await expect.poll(async () => (await skeletonOf(person)).total).toBe(3);
    await page.goto(`/s/${person.personalSpaceId}/archive`);
    await expect(tiles(page)).toHaveCount(1);
  });

  test('what the server refuses is put back and said', ONCE, async ({ page }) => {
    const person = await personWithPhotos(4);
    await openTimeline(page, person);
    await page.route('**/api/assets/trash', (route) =>
      route.fulfill({
        status: 403,
        contentType: 'application/problem+json',
        body: JSON.stringify({ code: 'forbidden', title: 'Это может только владелец.', status: 403 }),
      }),
    );
    await tile(page, 1).hover();
    await tile(page, 1).locator('[data-check]').click();
    await page.keyboard.press('Delete');
    await expect(page.getByText('Это может только владелец.')).toBeVisible();
    await expect(tiles(page)).toHaveCount(4);
  });
});
