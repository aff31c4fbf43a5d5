/** The viewer, clause by clause: how it opens and closes, what moves, what turns, what is told, where one gets to. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Page } from '@playwright/test';
import { newcomer, type Person } from './people';
import {
  idIn,
  idsOf,
  isPhone,
  open,
  openTimeline,
  personalSpace,
  personWithPhotos,
  personWithSquares,
  skeletonOf,
  stage,
  tile,
  tiles,
  viewer,
} from './photos';
import { enterAs, expect, expectAccessible, ONCE, shoot, test } from './test';

const SAMPLES = fileURLToPath(new URL('../../../shared/photos/', import.meta.url));
const PHOTOS = 12;

test.describe.configure({ timeout: 240_000 });

/** One person for all tests that leave the photos as they are. */
let reader: Promise<Person> | null = null;

function theReader(): Promise<Person> {
  reader ??= personWithPhotos(PHOTOS);
  return reader;
}

/** Another one for those that change something: each test has a photo of its own. */
let editor: Promise<Person> | null = null;

function theEditor(): Promise<Person> {
  editor ??= personWithPhotos(4);
  return editor;
}

const FILM = 'video/vp9.webm';
const LIVE = ['livephoto/IMG_0001_train.JPG', 'livephoto/IMG_0001_train.MOV'];

/** And one with a film and a live photo. */
let filmer: Promise<Person> | null = null;

function theFilmer(): Promise<Person> {
  const missing = [FILM, ...LIVE].some((name) => !existsSync(SAMPLES + name));
  test.skip(missing, 'needs the sample photos beside the repository');
  filmer ??= personWithSamples([FILM, ...LIVE]);
  return filmer;
}

async function personWithSamples(names: string[]): Promise<Person> {
  const person = await newcomer('Вера');
  for (const name of names) {
    const bytes = new Uint8Array(await readFile(SAMPLES + name));
    await person.upload(personalSpace(person), name.replace(/.*\//, ''), bytes);
  }
  const query = `space_id=${person.personalSpaceId}&day=2100-01-01`;
  const flags = async () =>
    (await person.call<{ flags: number[] }>('GET', `/api/timeline/window?${query}`)).flags;
  await expect.poll(async () => (await flags()).every((one) => !(one & 4)), { timeout: 60_000 }).toBe(true);
  return person;
}

/** Opens the only video, or the only live photo, of its owner. */
const openOnly = (page: Page, kind: 'Видео' | 'Фото') =>
  page.locator(`[data-index] a[aria-label^="${kind}"]`).click();

const frame = (page: Page) => page.getByTestId('frame');
const button = (page: Page, name: string | RegExp) => viewer(page).getByRole('button', { name }).first();
const inMenu = async (page: Page, name: string) => {
  await button(page, 'Ещё').click();
  await page.getByRole('menuitem', { name }).click();
};

async function ratioOf(page: Page): Promise<number> {
  await page.waitForTimeout(350);
  const box = await frame(page).boundingBox();
  return box ? box.width / box.height : Number.NaN;
}

test.describe('opening and closing', () => {
  interface Flights {
    flights: Animation[];
  }

  /** Stops every flight between tile and stage where it begins. */
  async function catchFlights(page: Page): Promise<void> {
    await page.addInitScript(() => {
      const caught = window as unknown as Flights;
      caught.flights = [];
      const { animate } = Element.prototype;
      Element.prototype.animate = function (...given) {
        const animation = animate.apply(this, given);
        if (JSON.stringify(given[0]).includes('clipPath')) {
          animation.pause();
          caught.flights.push(animation);
        }
        return animation;
      };
    });
  }

  /** How far the flying picture is from the tile at one end of its flight, in pixels; and whether the tile is empty. */
  async function distance(page: Page, index: number, end: 'begin' | 'end') {
    await page.waitForFunction(() => (window as unknown as Flights).flights.length > 0);
    return page.evaluate(
      ([at, where]) => {
        const [flight] = (window as unknown as Flights).flights;
        const target = document.querySelector<HTMLElement>(`[data-index="${at}"]`);
        const effect = flight?.effect as KeyframeEffect | undefined;
        if (!flight || !effect?.target || !target) return null;
        flight.currentTime = where === 'begin' ? 0 : Number(effect.getTiming().duration);
        const [box, home] = [effect.target, target].map((one) => one.getBoundingClientRect());
        if (!box || !home) return null;
        const sides = ['left', 'top', 'width', 'height'] as const;
        return {
          far: Math.max(...sides.map((side) => Math.abs(box[side] - home[side]))),
          opacity: getComputedStyle(target).opacity,
        };
      },
      [index, end] as const,
    );
  }

  const land = (page: Page) =>
    page.evaluate(() => {
      for (const flight of (window as unknown as Flights).flights.splice(0)) flight.play();
    });

  test('the picture grows out of its thumb and returns to it, also by the back button', async ({ page }) => {
    await catchFlights(page);
    await openTimeline(page, await theReader());
    await tile(page, 2).locator('img').first().waitFor();
    await tile(page, 2).locator('a').click();
    const opening = await distance(page, 2, 'begin');
    expect(opening?.far, 'it begins on the tile').toBeLessThan(2);
    expect(opening?.opacity, 'and the tile is empty meanwhile').toBe('0');
    await land(page);
    await expect(tile(page, 2)).toHaveCSS('opacity', '1');
    await page.goBack();
    await expect(viewer(page)).toHaveCount(0);
    const closing = await distance(page, 2, 'end');
    expect(closing?.far, 'it ends on the tile').toBeLessThan(2);
    expect(closing?.opacity).toBe('0');
    await land(page);
    await expect(tile(page, 2)).toHaveCSS('opacity', '1');
    await expect(page.locator('body > [aria-hidden=true]')).toHaveCount(0);
  });

  test('who wants less motion gets none', ONCE, async ({ page }) => {
    await catchFlights(page);
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await openTimeline(page, await theReader());
    await open(page, 2);
    await page.keyboard.press('Escape');
    await expect(viewer(page)).toHaveCount(0);
    expect(await page.evaluate(() => (window as unknown as Flights).flights.length)).toBe(0);
  });

  test(
    'each photo has an address; back, forward and reload lead where one expects',
    ONCE,
    async ({ page }) => {
      const person = await theReader();
      await openTimeline(page, person);
      const timeline = page.url();
      await open(page, 3);
      const address = page.url();
      await page.reload();
      await expect(frame(page)).toBeVisible();
      await page.keyboard.press('Escape');
      await expect(viewer(page)).toHaveCount(0);
      expect(page.url()).toBe(timeline);
      await page.goForward();
      await expect(viewer(page)).toBeVisible();
      expect(page.url()).toBe(address);
      await page.keyboard.press('Escape');
      await expect(viewer(page)).toHaveCount(0);
      // The entry before the timeline is the empty page that the browser began with.
      await page.goBack();
      expect(page.url()).toBe('about:blank');

      // A link from elsewhere: closing stays on this site.
      await page.goto(address);
      await expect(frame(page)).toBeVisible();
      await button(page, 'Назад к ленте').click();
      await expect(viewer(page)).toHaveCount(0);
      expect(page.url()).toBe(timeline);
      await expect(tile(page, 3)).toBeInViewport();
    },
  );

  test('the neighbours are there before they are asked for', ONCE, async ({ page }) => {
    await openTimeline(page, await theReader());
    await open(page, 4);
    await expect
      .poll(() =>
        stage(page)
          .locator('[aria-hidden=true] img:nth-child(2)')
          .evaluateAll((images) => images.map((image) => (image as HTMLImageElement).naturalWidth > 600)),
      )
      .toEqual([true, true]);
  });
});

test.describe('turning', () => {
  test('turns left and right, in the grid too; undo and the other direction take it back', async ({
    page,
  }) => {
    const person = await theEditor();
    await openTimeline(page, person);
    await open(page, 1);
    const before = await ratioOf(page);
    const id = idIn(page);
    const onServer = async () =>
      (await person.call<{ rotation: number }>('GET', `/api/assets/${id}`)).rotation;
    await page.keyboard.press('r');
    await expect.poll(() => ratioOf(page)).toBeCloseTo(1 / before, 1);
    await expect.poll(onServer).toBe(90);
    await shoot(page, 'viewer-turned');
    await page.getByRole('button', { name: 'Отменить' }).click();
    await expect.poll(onServer).toBe(0);
    await expect.poll(() => ratioOf(page)).toBeCloseTo(before, 1);
    await inMenu(page, 'Повернуть влево');
    await expect.poll(onServer).toBe(270);
    // Many at once: the last one counts, whatever the network does.
    for (let times = 0; times < 6; times++) await page.keyboard.press('r');
    await expect.poll(onServer).toBe(90);
    await expect.poll(() => ratioOf(page)).toBeCloseTo(1 / before, 1);
    await page.keyboard.press('Escape');
    const box = await tile(page, 1).boundingBox();
    expect((box?.width ?? 0) / (box?.height ?? 1)).toBeCloseTo(1 / before, 1);
    const thumb = tile(page, 1).locator('img').first();
    await expect(thumb).toHaveCSS('rotate', '90deg');
    const picture = await thumb.boundingBox();
    expect(Math.abs((picture?.width ?? 0) - (box?.width ?? 0)), 'it fills its tile').toBeLessThan(1);
    await page.reload();
    await expect(thumb).toHaveCSS('rotate', '90deg');
  });

  test('what the server refuses is turned back and said', ONCE, async ({ page }) => {
    await openTimeline(page, await theReader());
    await open(page, 1);
    const before = await ratioOf(page);
    await page.route('**/api/assets/*', (route) =>
      route.request().method() === 'PATCH' ? route.abort() : route.fallback(),
    );
    await page.keyboard.press('Shift+R');
    await expect(viewer(page).getByRole('region', { name: 'Уведомления' })).toContainText('Нет связи');
    await expect.poll(() => ratioOf(page)).toBeCloseTo(before, 1);
  });
});

test('what a toast offers is within reach of the keyboard', async ({ page }) => {
  const person = await personWithSquares(3);
  await openTimeline(page, person);
  await tile(page, 0).locator('a').click();
  // Who may do it is told by the server.
  await expect(viewer(page).getByRole('button', { name: 'В корзину' })).toBeVisible();
  await page.keyboard.press('Delete');
  const undo = viewer(page).getByRole('button', { name: 'Отменить' });
  await expect(undo).toBeVisible();
  await page.keyboard.press('Shift+Tab');
  await page.keyboard.press('Shift+Tab');
  await expect(undo).toBeFocused();
  await shoot(page, 'viewer-toast');
  await page.keyboard.press('Enter');
  await expect.poll(async () => (await skeletonOf(person)).total).toBe(3);
});

test('the whole screen, by key and by button', async ({ page }) => {
  await openTimeline(page, await theReader());
  await open(page, 0);
  const isFull = () => page.evaluate(() => document.fullscreenElement !== null);
  await page.keyboard.press('f');
  await expect.poll(isFull).toBe(true);
  await page.keyboard.press('f');
  await expect.poll(isFull).toBe(false);
  if (isPhone()) await inMenu(page, 'На весь экран');
  else await button(page, 'На весь экран').click();
  await expect.poll(isFull).toBe(true);
  await page.keyboard.press('Escape');
  await expect(viewer(page)).toHaveCount(0);
  await expect.poll(isFull, { message: 'leaving the viewer gives the screen back' }).toBe(false);
});

test.describe('the slideshow', () => {
  test('goes on by itself and from the end to the beginning; a touch or Space pauses it', async ({
    page,
  }) => {
    await page.addInitScript(() => {
      localStorage.setItem('gallery.slideshow', '3');
      const held = window as unknown as { locks: number };
      held.locks = 0;
      Object.defineProperty(navigator, 'wakeLock', {
        value: {
          request: async () => {
            held.locks++;
            return { release: async () => held.locks-- };
          },
        },
      });
    });
    const locks = () => page.evaluate(() => (window as unknown as { locks: number }).locks);
    const person = await theReader();
    const ids = await idsOf(person);
    const shown = () => stage(page).locator('[aria-hidden=false]').getAttribute('data-page');
    await enterAs(page, person);
    await page.goto(`/s/${person.personalSpaceId}?photo=${ids.at(-2)}`);
    await expect(frame(page)).toBeVisible();
    if (isPhone()) await inMenu(page, 'Слайд-шоу');
    else await button(page, 'Слайд-шоу').click();
    const bar = page.getByRole('region', { name: 'Слайд-шоу' });
    await expect(bar).toBeVisible();
    await expect(button(page, 'Сведения')).toBeHidden();
    await expect.poll(locks).toBe(1);
    const order = [ids.at(-2)];
    for (let times = 0; times < 2; times++) {
      await expect.poll(shown, { timeout: 8000 }).not.toBe(order.at(-1));
      order.push((await shown()) ?? '');
    }
    expect(order.slice(1), 'the first after the last').toEqual([ids.at(-1), ids[0]]);
    if (isPhone()) await page.touchscreen.tap(190, 300);
    else await page.keyboard.press('Space');
    await expect(bar.getByRole('button', { name: 'Продолжить' })).toBeVisible();
    await expect.poll(locks).toBe(0);
    await page.mouse.move(300, 300);
    await shoot(page, 'viewer-slideshow');
    await expectAccessible(page);
    const paused = await shown();
    await page.waitForTimeout(3500);
    expect(await shown()).toBe(paused);
    await page.keyboard.press('s');
    await expect(bar).toBeHidden();
    await expect(viewer(page)).toBeVisible();
  });
});

test.describe('what moves', () => {
  test('a video: controls of our own, by mouse, finger and keys', async ({ page }) => {
    await openTimeline(page, await theFilmer());
    await openOnly(page, 'Видео');
    const video = viewer(page).locator('video');
    const state = () =>
      video.evaluate((one: HTMLVideoElement) => ({
        time: one.currentTime,
        paused: one.paused,
        muted: one.muted,
        inline: one.playsInline,
        native: one.controls,
      }));
    await expect(video).toHaveAccessibleName(/^Видео/);
    await expect.poll(async () => (await state()).time).toBeGreaterThan(0);
    expect(await state()).toMatchObject({ inline: true, native: false });
    const line = viewer(page).getByRole('slider', { name: 'Место в видео' });
    await expect(line).toHaveAttribute('aria-valuetext', /0:0\d \/ 0:02/);
    await page.mouse.move(300, 300);
    await page.keyboard.press('Space');
    if (!(await state()).paused) await page.keyboard.press('Space');
    await expect(viewer(page).getByRole('button', { name: 'Играть' }).first()).toBeVisible();
    await shoot(page, 'viewer-video');
    await expectAccessible(page);
    const { muted } = await state();
    await page.keyboard.press('m');
    expect((await state()).muted).toBe(!muted);
    const box = await line.boundingBox();
    await page.mouse.click((box?.x ?? 0) + (box?.width ?? 0) / 2, (box?.y ?? 0) + (box?.height ?? 0) / 2);
    await expect.poll(async () => (await state()).time).toBeCloseTo(1, 1);
    // The line keeps the arrows while it has the keyboard; everywhere else they turn the page.
    const address = page.url();
    await line.press('ArrowRight');
    await expect.poll(async () => (await state()).time).toBeGreaterThan(1.05);
    expect(page.url()).toBe(address);
    await line.press('r');
    await expect(video).toHaveCSS('rotate', '90deg');
    await line.blur();
    await page.keyboard.press('ArrowRight');
    await expect.poll(() => page.url()).not.toBe(address);
  });

  test('a video that the browser cannot play says so and offers the file; one that does not come, another try', async ({
    page,
  }) => {
    const person = await theFilmer();
    const original = /\/media\/[^/]+\/original/;
    await enterAs(page, person);
    await page.route(original, (route) => route.fulfill({ contentType: 'video/webm', body: 'no film' }));
    await page.goto(`/s/${person.personalSpaceId}`);
    await tile(page, 0).locator('a').click();
    await expect(
      page.getByRole('heading', { name: 'Этот браузер не воспроизводит такое видео' }),
    ).toBeVisible();
    await expect(page.getByText(/video\/webm/)).toBeVisible();
    await shoot(page, 'viewer-unplayable');
    await expectAccessible(page);
    await page.unroute(original);
    const arrives = page.waitForEvent('download');
    await page.getByRole('status').getByRole('button', { name: 'Скачать оригинал' }).click();
    expect((await arrives).suggestedFilename()).toBe('vp9.webm');

    await page.route(original, (route) => route.abort());
    await page.reload();
    await expect(page.getByRole('heading', { name: 'Видео не загрузилось' })).toBeVisible();
    await page.unroute(original);
    await page.getByRole('button', { name: 'Повторить' }).click();
    await expect
      .poll(() =>
        viewer(page)
          .locator('video')
          .evaluate((one: HTMLVideoElement) => one.readyState),
      )
      .toBeGreaterThan(1);
  });

  test('a live photo moves while it is held, or pointed at', async ({ page }) => {
    await openTimeline(page, await theFilmer());
    // The clip is a part of its photo.
    await expect(tiles(page)).toHaveCount(2);
    await openOnly(page, 'Фото');
    const badge = button(page, /^LIVE/);
    await expect(badge).toBeVisible();
    const clip = page.getByTestId('clip');
    const moves = () => clip.evaluate((one: HTMLVideoElement) => one.currentTime > 0);
    if (isPhone()) {
      const session = await page.context().newCDPSession(page);
      const touchPoints = [{ x: 195, y: 420 }];
      await session.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints });
      await expect.poll(moves).toBe(true);
      await session.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
    } else {
      await badge.hover();
      await expect.poll(moves).toBe(true);
      expect(await clip.evaluate((one: HTMLVideoElement) => one.muted), 'silently').toBe(true);
      await page.mouse.move(700, 600);
    }
    await expect(clip).toHaveCount(0);
    await page.keyboard.press('Space');
    await expect(badge).toHaveAttribute('aria-pressed', 'true');
    await shoot(page, 'viewer-live');
    await expectAccessible(page);
    await page.keyboard.press('Space');
    await expect(clip).toHaveCount(0);
  });
});

test('the filmstrip keeps the open photo in its middle and leads to the others', async ({ page }) => {
  test.skip(isPhone(), 'a phone has fingers for that');
  await openTimeline(page, await theReader());
  await open(page, 5);
  const strip = viewer(page).getByRole('navigation', { name: 'Соседние фото' });
  const current = strip.locator('[aria-current]');
  const middle = async () => {
    await page.waitForTimeout(200);
    const [box, whole] = [await current.boundingBox(), await strip.boundingBox()];
    return (box?.x ?? 0) + (box?.width ?? 0) / 2 - (whole?.x ?? 0) - (whole?.width ?? 0) / 2;
  };
  expect(Math.abs(await middle())).toBeLessThan(2);
  const first = idIn(page);
  await strip.getByRole('button').nth(7).click();
  await expect.poll(() => idIn(page)).not.toBe(first);
  expect(Math.abs(await middle())).toBeLessThan(2);
  const second = idIn(page);
  await strip.hover();
  await page.mouse.wheel(0, 100);
  await expect.poll(() => idIn(page)).not.toBe(second);
  // One stop for the Tab key.
  expect(await strip.locator('[tabindex="0"]').count()).toBe(1);
  await expect(current).toHaveAccessibleName(/^Фото, /);
});

test.describe('the facts', () => {
  test('a place is pasted, taken away and given back', async ({ page }) => {
    const person = await theEditor();
    await openTimeline(page, person);
    await open(page, 0);
    const place = () =>
      person.call<{ latitude: number | null; longitude: number | null; place_edited: boolean }>(
        'GET',
        `/api/assets/${idIn(page)}`,
      );
    const camera = await place();
    await page.keyboard.press('i');
    const edit = () => page.getByRole('button', { name: 'Изменить место' }).click();
    await edit();
    const field = page.getByRole('textbox', { name: /Координаты/ });
    await field.fill('не место');
    await page.getByRole('button', { name: 'Сохранить' }).click();
    await expect(page.getByText(/не видно координат/)).toBeVisible();
    await field.fill('https://yandex.ru/maps/?ll=37.62%2C55.75&z=12');
    await expect(page.getByText('55.75000, 37.62000')).toBeVisible();
    await shoot(page, 'viewer-place');
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Сохранить' }).click();
    await expect.poll(place).toMatchObject({ latitude: 55.75, longitude: 37.62, place_edited: true });
    await expect(page.getByRole('link', { name: /OpenStreetMap/ })).toHaveAttribute('href', /mlat=55\.75/);
    await edit();
    await page.getByRole('button', { name: 'Убрать место' }).click();
    await expect(page.getByText('Место не указано')).toBeVisible();
    await expect.poll(place).toMatchObject({ latitude: null, place_edited: true });
    await edit();
    await page.getByRole('button', { name: 'Как в файле' }).click();
    await expect.poll(place).toEqual(expect.objectContaining(camera));
  });

  test('what could not be saved is not lost, even after closing', ONCE, async ({ page }) => {
    const person = await theEditor();
    await openTimeline(page, person);
    await open(page, 2);
    const id = idIn(page);
    await page.route('**/api/assets/*', (route) =>
      route.request().method() === 'PATCH' ? route.abort() : route.fallback(),
    );
    await page.keyboard.press('i');
    const description = page.getByRole('textbox', { name: 'Описание' });
    await description.fill('Бабушкин сад, первый снег');
    await description.blur();
    await expect(page.getByText('Не сохранилось.')).toBeVisible();
    await page.unroute('**/api/assets/*');
    await page.reload();
    await expect(frame(page)).toBeVisible();
    await page.keyboard.press('i');
    await expect(description).toHaveValue('Бабушкин сад, первый снег');
    await page.getByRole('button', { name: 'Сохранить' }).click();
    await expect(page.getByText('Не сохранилось.')).toHaveCount(0);
    const kept = await person.call<{ description: string }>('GET', `/api/assets/${id}`);
    expect(kept.description).toBe('Бабушкин сад, первый снег');
  });
});
