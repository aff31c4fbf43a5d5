/** Choosing photos, and what is then done with all of them at once, with its way back. */
import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { newcomer, type Person, type Space } from './people';
import {
  act,
  bar,
  isPhone,
  longPress,
  openTimeline,
  scroller,
  skeletonOf,
  tile,
  tiles,
  viewer,
  windowOf,
} from './photos';
import { expect, expectAccessible, ONCE, shoot, test } from './test';
import { noise } from './uploads';

test.describe.configure({ timeout: 120_000 });

interface Facts {
  taken_at: string;
  latitude: number | null;
}

const home = (person: Person): Space => ({ id: person.personalSpaceId, name: '', kind: 'personal' });

/** Somebody with small photos of one day; nothing here waits for pictures. */
async function personWith(count: number): Promise<Person> {
  const person = await newcomer('Вера');
  const names = Array.from({ length: count }, (_, at) => `IMG_20240501_1${at}0000.png`);
  for (const name of names) await person.upload(home(person), name, noise(60));
  return person;
}

/** Chooses the first photos of the page: with the mouse by their check marks, with a finger by a long press. */
async function chooseFirst(page: Page, count: number): Promise<void> {
  if (isPhone()) await longPress(page, 0, 0);
  else {
    await tile(page, 0).hover();
    await tile(page, 0).locator('[data-check]').click();
  }
  for (let index = 1; index < count; index++) await tile(page, index).click();
  await expect(bar(page)).toContainText(`Выбрано: ${count}`);
}

const undo = (page: Page) => page.getByRole('button', { name: 'Отменить' }).last().click();

async function factsOf(person: Person): Promise<Facts[]> {
  const { ids } = await windowOf(person);
  return Promise.all(ids.map((id) => person.call<Facts>('GET', `/api/assets/${id}`)));
}

test('the bar tells how many and how much; a month is chosen by its name', async ({ page }) => {
  const person = await personWith(5);
  await openTimeline(page, person);
  await chooseFirst(page, 2);
  await expect(bar(page)).toContainText(/\d кБ/);
  await shoot(page, 'selection-bar');
  await expectAccessible(page);
  await bar(page).getByRole('button', { name: 'Ещё' }).click();
  await shoot(page, 'selection-menu');
  await page.keyboard.press('Escape');
  await bar(page).getByRole('button', { name: 'Снять выбор' }).click();
  await expect(bar(page)).toBeHidden();
  await page.getByRole('heading', { level: 2, name: 'Май 2024' }).hover();
  await page.getByRole('button', { name: 'Май 2024: выбрать весь месяц' }).click();
  await expect(bar(page)).toContainText('Выбрано: 5');
});

test('a finger that stays and moves chooses all on its way', async ({ page }) => {
  test.skip(!isPhone(), 'needs a touch screen');
  await openTimeline(page, await personWith(6));
  await longPress(page, 0, 4);
  await expect(bar(page)).toContainText('Выбрано: 5');
  await expect(viewer(page)).toBeHidden();
});

test('a clock that was wrong is put right for all, and wrong again by undo', async ({ page }) => {
  const person = await personWith(3);
  await openTimeline(page, person);
  const before = (await factsOf(person)).map((facts) => facts.taken_at);
  await chooseFirst(page, 2);
  await act(page, 'Изменить дату');
  const dialog = page.getByRole('dialog', { name: /Когда снято/ });
  await dialog.getByLabel('Дни').fill('1');
  await dialog.getByLabel('Часы').fill('2');
  await shoot(page, 'selection-date');
  await expectAccessible(page);
  await dialog.getByRole('button', { name: 'Сохранить' }).click();
  await expect(page.getByText('Дата изменена: 2 фото')).toBeVisible();
  await expect(page.getByRole('heading', { level: 3, name: /2 мая/ })).toBeVisible();
  expect((await factsOf(person)).filter((facts) => facts.taken_at.startsWith('2024-05-02'))).toHaveLength(2);
  await undo(page);
  await expect(page.getByRole('heading', { level: 3, name: /2 мая/ })).toBeHidden();
  expect((await factsOf(person)).map((facts) => facts.taken_at)).toEqual(before);
});

test('a link of a map says where it was, and the place can be taken away', async ({ page }) => {
  const person = await personWith(2);
  await openTimeline(page, person);
  await chooseFirst(page, 2);
  await act(page, 'Изменить место');
  const dialog = page.getByRole('dialog', { name: /Где снято/ });
  await dialog.getByRole('textbox').fill('где-то');
  await expect(dialog.getByText('Здесь нет места.')).toBeVisible();
  await dialog.getByRole('textbox').fill('https://yandex.ru/maps/?ll=37.6208%2C55.7539&z=16');
  await expect(dialog.getByText('55.7539, 37.6208')).toBeVisible();
  await shoot(page, 'selection-place');
  await expectAccessible(page);
  await dialog.getByRole('button', { name: 'Сохранить' }).click();
  await expect(page.getByText('Место изменено: 2 фото')).toBeVisible();
  expect((await factsOf(person)).map((facts) => facts.latitude)).toEqual([55.7539, 55.7539]);
  await chooseFirst(page, 1);
  await act(page, 'Изменить место');
  await dialog.getByRole('button', { name: 'Убрать место' }).click();
  await expect(page.getByText('Место убрано: 1 фото')).toBeVisible();
  await undo(page);
  await expect
    .poll(async () => (await factsOf(person)).map((facts) => facts.latitude))
    .toEqual([55.7539, 55.7539]);
});

test('photos move to another space and back; copies stay in both', async ({ page }) => {
  const person = await personWith(3);
  const family = await person.createSpace('Семья');
  await openTimeline(page, person);
  await chooseFirst(page, 2);
  await act(page, 'Переместить или скопировать');
  const dialog = page.getByRole('dialog', { name: /в другое пространство/ });
  await expect(dialog.getByRole('radio', { name: 'Семья' })).toBeChecked();
  await dialog.getByRole('radio', { name: 'Переместить' }).check();
  await shoot(page, 'selection-bring');
  await expectAccessible(page);
  await dialog.getByRole('button', { name: 'Переместить' }).click();
  await expect(page.getByText('В «Семья» перемещено 2 фото.')).toBeVisible();
  await expect(tiles(page)).toHaveCount(1);
  expect((await skeletonOf(person, family.id)).total).toBe(2);
  await undo(page);
  await expect(tiles(page)).toHaveCount(3);
  expect((await skeletonOf(person, family.id)).total).toBe(0);
  await chooseFirst(page, 1);
  await act(page, 'Переместить или скопировать');
  await dialog.getByRole('button', { name: 'Скопировать' }).click();
  await expect(page.getByText('В «Семья» скопировано 1 фото.')).toBeVisible();
  expect((await skeletonOf(person, family.id)).total).toBe(1);
  await expect(tiles(page)).toHaveCount(3);
});

test('many are put aside in one go and come back', ONCE, async ({ page }) => {
  const person = await personWith(4);
  await openTimeline(page, person);
  await chooseFirst(page, 3);
  await act(page, 'В архив');
  await expect(tiles(page)).toHaveCount(1);
  await expect(scroller(page).locator(':focus'), 'the keyboard is with the photos').toHaveCount(1);
  await undo(page);
  await expect(tiles(page)).toHaveCount(4);
  await chooseFirst(page, 2);
  await act(page, 'В избранное');
  await expect(page.getByText('Добавлено в избранное: 2 фото')).toBeVisible();
  await undo(page);
  await expect.poll(async () => (await windowOf(person)).flags.filter((flags) => flags & 2).length).toBe(0);
});

test('one photo is saved as it is, many as one archive', ONCE, async ({ page }) => {
  const person = await personWith(3);
  await openTimeline(page, person);
  await chooseFirst(page, 1);
  const one = page.waitForEvent('download');
  await act(page, 'Скачать');
  expect((await one).suggestedFilename()).toMatch(/^IMG_20240501_.*\.png$/);
  await tile(page, 1).click();
  await tile(page, 2).click();
  const many = page.waitForEvent('download');
  await act(page, 'Скачать');
  const download = await many;
  expect(download.suggestedFilename()).toMatch(/2024-05-01\.zip$/);
  const bytes = await readFile(await download.path());
  const names = ['10', '11', '12'].map((hour) => `IMG_20240501_${hour}0000.png`);
  for (const name of names) expect(bytes.includes(name)).toBe(true);
  expect(bytes.readUInt32LE(0)).toBe(0x04034b50);
  // The end of the directory counts the files.
  expect(bytes.readUInt32LE(bytes.length - 22)).toBe(0x06054b50);
  expect(bytes.readUInt16LE(bytes.length - 12)).toBe(3);
});

test('who only looks can mark, save and copy, and nothing else', ONCE, async ({ page }) => {
  const owner = await personWith(0);
  const space = await owner.createSpace('Класс');
  await owner.upload(space, 'IMG_20240501_100000.png', noise(40));
  const guest = await newcomer('Гость');
  await owner.add(space, guest, 'viewer');
  await openTimeline(page, guest, `/../${space.id}`);
  await chooseFirst(page, 1);
  await expect(bar(page).getByRole('button', { name: 'Скачать' })).toBeVisible();
  await expect(bar(page).getByRole('button', { name: 'В корзину' })).toBeHidden();
  await act(page, 'Скопировать в пространство');
  await page.getByRole('dialog').getByRole('button', { name: 'Скопировать' }).click();
  await expect(page.getByText(/скопировано 1 фото/)).toBeVisible();
  expect((await skeletonOf(guest)).total).toBe(1);
});
