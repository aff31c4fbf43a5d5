/** The installed gallery: without a network, in a new version, and as a target of "Share". */
import type { Page } from '@playwright/test';
import { Door } from './door';
import { newPerson, type Person, type Space } from './people';
import { enterAs, expect, expectAccessible, ONCE, shoot, test } from './test';
import { choose, keeps, Line, noise, openList, picture } from './uploads';

test.use({ serviceWorkers: 'allow' });

/** A space with photos that are ready to be seen. */
async function withPhotos(count: number): Promise<{ person: Person; space: Space }> {
  const { person, space } = await newPerson('Путешественница', 'Отпуск');
  const ids: string[] = [];
  for (let at = 0; at < count; at++) ids.push(await person.upload(space, `${at}.png`, noise(64)));
  for (const id of ids) {
    await expect
      .poll(async () => (await person.call<{ status: string }>('GET', `/api/assets/${id}`)).status)
      .toBe('ready');
  }
  return { person, space };
}

/** How many thumbs have been drawn. */
function thumbs(page: Page): Promise<number> {
  return page.evaluate(
    () =>
      [...document.querySelectorAll<HTMLImageElement>('main img')].filter((img) => img.naturalWidth > 0)
        .length,
  );
}

/** How many entries each store of the service worker holds; the account's id is left out of the name. */
function stores(page: Page): Promise<Record<string, number>> {
  return page.evaluate(async () => {
    const found: Record<string, number> = {};
    for (const name of await caches.keys()) {
      const keys = await (await caches.open(name)).keys();
      found[name.replace(/-[^-]*(-[0-9a-f]{4}){3}-[0-9a-f]{12}$|-[0-9a-f]{12}$/, '')] = keys.filter(
        ({ url }) => !url.endsWith('/ledger'),
      ).length;
    }
    return found;
  });
}

async function served(page: Page): Promise<void> {
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
}

test('recent photos are there without a network, and nothing is after signing out', async ({
  page,
  context,
}) => {
  const { person, space } = await withPhotos(3);
  await enterAs(page, person);
  await page.goto(`/s/${space.id}`);
  await expect.poll(() => thumbs(page)).toBe(3);
  await served(page);
  await expect.poll(() => stores(page)).toMatchObject({ 'gallery-kept': 4, 'gallery-pictures-thumb': 3 });
  await page.getByRole('link', { name: /Фото/ }).first().waitFor();

  await context.setOffline(true);
  await page.reload();
  await expect.poll(() => thumbs(page)).toBe(3);
  await expect(page.getByText('Нет сети.').first()).toBeVisible();
  await expectAccessible(page);
  await shoot(page, 'installed-offline');
  await page.goto('/');
  await expect(page).toHaveURL(`/s/${space.id}`);
  await expect.poll(() => thumbs(page)).toBe(3);

  await context.setOffline(false);
  await expect(page.getByText('Нет сети.')).toBeHidden();
  await page.goto('/settings');
  await page.getByRole('button', { name: 'Выйти', exact: true }).click();
  await expect(page).toHaveURL('/sign-in');
  await expect
    .poll(async () => Object.keys(await stores(page)).filter((name) => name !== 'gallery-shell'))
    .toEqual([]);
  await expect(page.getByText('Готова новая версия.')).toHaveCount(0);
  // The next person finds an application that works without a network, and nobody's photos.
  await expect
    .poll(() => page.evaluate(async () => Boolean((await navigator.serviceWorker.getRegistration())?.active)))
    .toBe(true);
  await context.setOffline(true);
  await page.goto(`/s/${space.id}`);
  await expect(page.getByRole('heading', { name: 'Нет связи' })).toBeVisible();
  await expect(page.getByText('Отпуск')).toHaveCount(0);
});

test(
  'a session that was ended from afar leaves nothing, although the gallery was closed',
  ONCE,
  async ({ page, context }) => {
    const { person, space } = await withPhotos(1);
    await enterAs(page, person);
    await page.goto(`/s/${space.id}`);
    await expect.poll(() => stores(page)).toMatchObject({ 'gallery-kept': 4, 'gallery-pictures-thumb': 1 });
    await page.goto('about:blank');
    const { items } = await person.call<{ items: { id: string; current: boolean }[] }>(
      'GET',
      '/api/auth/sessions',
    );
    for (const { id } of items.filter(({ current }) => !current)) {
      await person.call('DELETE', `/api/auth/sessions/${id}`);
    }
    await page.goto(`/s/${space.id}`);
    await expect(page.getByRole('button', { name: 'Войти', exact: true })).toBeVisible();
    await context.setOffline(true);
    await page.goto(`/s/${space.id}`);
    await expect(page.getByRole('heading', { name: 'Нет связи' })).toBeVisible();
    expect(Object.keys(await stores(page)).filter((name) => name !== 'gallery-shell')).toEqual([]);
  },
);

test('whoever signs in next finds nothing of the one before', ONCE, async ({ page, context }) => {
  const { person, space } = await withPhotos(1);
  await enterAs(page, person);
  await page.goto(`/s/${space.id}`);
  await expect.poll(() => stores(page)).toMatchObject({ 'gallery-kept': 4, 'gallery-pictures-thumb': 1 });
  const { person: other, space: empty } = await newPerson('Другая', 'Пустое');
  await enterAs(page, other);
  await page.goto(`/s/${empty.id}`);
  await expect(page.getByRole('heading', { name: 'Пока нет фотографий' })).toBeVisible();
  await expect.poll(() => stores(page)).toMatchObject({ 'gallery-kept': 4 });
  expect(await stores(page)).not.toHaveProperty('gallery-pictures-thumb');
  await context.setOffline(true);
  await page.goto('/');
  await expect(page).toHaveURL(`/s/${empty.id}`);
  await expect(page.getByRole('heading', { name: 'Пока нет фотографий' })).toBeVisible();
  await expect(page.getByText('Отпуск')).toHaveCount(0);
});

test('a browser finds nothing that keeps it from installing the gallery', ONCE, async ({ page }) => {
  await page.goto('/sign-in');
  await served(page);
  const session = await page.context().newCDPSession(page);
  const { installabilityErrors } = await session.send('Page.getInstallabilityErrors');
  expect(installabilityErrors.filter(({ errorId }) => errorId !== 'in-incognito')).toEqual([]);
  const { errors, data, url } = await session.send('Page.getAppManifest');
  expect(errors).toEqual([]);
  expect(new URL(url).pathname).toBe('/manifest.webmanifest');
  const { icons } = JSON.parse(data ?? '') as { icons: { src: string; sizes: string; type: string }[] };
  for (const { src, sizes, type } of icons) {
    const answer = await page.request.get(src);
    expect(answer.headers()['content-type']).toBe(type);
    if (type !== 'image/png') continue;
    const bytes = await answer.body();
    expect(`${bytes.readUInt32BE(16)}x${bytes.readUInt32BE(20)}`).toBe(sizes);
  }
});

/** What Android does when somebody chooses the gallery in the sheet of another application. */
async function shareWithGallery(page: Page, files: { name: string; buffer: Buffer }[]): Promise<void> {
  await page.evaluate(
    (given) => {
      const form = document.createElement('form');
      form.method = 'POST';
      form.action = '/share';
      form.enctype = 'multipart/form-data';
      const input = document.createElement('input');
      input.type = 'file';
      input.name = 'files';
      input.multiple = true;
      const data = new DataTransfer();
      for (const { name, bytes } of given) {
        data.items.add(new File([new Uint8Array(bytes)], name, { type: 'image/png' }));
      }
      input.files = data.files;
      form.append(input);
      document.body.append(form);
      form.submit();
    },
    files.map(({ name, buffer }) => ({ name, bytes: [...buffer] })),
  );
}

test('photos that are shared with the gallery wait for the sign-in and go where one says', async ({
  page,
}) => {
  const { person, space } = await newPerson('Тётя', 'Дача');
  await page.goto('/sign-in');
  await served(page);
  const photos = [picture('a.png'), picture('b.png')];
  await shareWithGallery(page, photos);
  await expect(page).toHaveURL(/\/sign-in\?return=%2Fshare/);
  await page.getByLabel('Логин').fill(person.account.login);
  await page.getByLabel('Пароль', { exact: true }).fill(person.account.password);
  await page.getByRole('button', { name: 'Войти', exact: true }).click();

  await expect(page.getByRole('heading', { name: 'Добавить 2 файла' })).toBeVisible();
  await expectAccessible(page);
  await shoot(page, 'installed-share');
  await page.getByRole('button', { name: 'Дача' }).click();
  await expect(page).toHaveURL(`/s/${space.id}`);
  for (const { buffer } of photos) await expect.poll(() => keeps(person, space, buffer)).toBe(true);
  await page.goto('/share');
  await expect(page.getByRole('heading', { name: 'Добавить фото' })).toBeVisible();
});

test.describe('a new version', () => {
  let door: Door;

  test.beforeEach(async () => {
    door = await Door.open();
  });

  test.afterEach(() => door.close());

  test('is offered, waits for an upload, and comes when one says so', ONCE, async ({ browser }) => {
    const { person, space } = await newPerson('Терпеливая', 'Семья');
    const context = await browser.newContext({
      baseURL: door.origin,
      locale: 'ru-RU',
      serviceWorkers: 'allow',
    });
    const page = await context.newPage();
    await enterAs(page, person);
    await page.goto(`/s/${space.id}`);
    await served(page);
    const build = () =>
      page
        .evaluate(() => document.querySelector('meta[name=build]')?.getAttribute('content') ?? null)
        .catch(() => 'on its way');
    const look = () => page.evaluate(async () => (await navigator.serviceWorker.getRegistration())?.update());

    const line = await Line.of(page);
    await line.slow(100_000);
    await choose(page, [picture('slow.png', 800)]);
    const list = await openList(page);
    await list.getByRole('button', { name: 'Приостановить' }).click();
    await expect(list.getByText('Загрузка приостановлена').first()).toBeVisible();
    door.deploy('next');
    await look();
    await expect
      .poll(() =>
        page.evaluate(async () => Boolean((await navigator.serviceWorker.getRegistration())?.waiting)),
      )
      .toBe(true);
    const question = page.getByText('Готова новая версия.');
    await expect(question).toBeHidden();
    await line.fast();
    await list.getByRole('button', { name: 'Продолжить' }).click();
    await expect(question).toBeVisible({ timeout: 30_000 });
    await page.reload();
    expect(await build(), 'a reload alone changes nothing').toBeNull();

    await expect(question).toBeVisible();
    await shoot(page, 'installed-update');
    await page.getByRole('button', { name: 'Обновить', exact: true }).click();
    await expect.poll(build).toBe('next');
    await expect(question).toBeHidden();
    await context.close();
  });
});
