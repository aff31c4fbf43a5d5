/** What can go wrong around a person, and the way out that they are shown. Nothing that they typed is lost. */
import type { Page } from '@playwright/test';
import { gallery } from './installation';
import { newPerson, type Person, type Space } from './people';
import { enterAs, expect, expectAccessible, ONCE, shoot, test } from './test';
import { choose, openList, picture } from './uploads';

test.use({ colorScheme: 'dark' });

/** A server that has no time, and says for how long. */
async function beBusy(page: Page, method: string, path: RegExp, seconds: number) {
  await page.route(path, (route) => {
    if (route.request().method() !== method) return route.fallback();
    return route.fulfill({
      status: 503,
      headers: { 'Retry-After': String(seconds) },
      contentType: 'application/problem+json',
      body: JSON.stringify({ code: 'unavailable', title: 'Сервер сейчас занят.', status: 503 }),
    });
  });
  return () => page.unroute(path);
}

async function endEverySession(person: Person): Promise<void> {
  const { items } = await person.call<{ items: { id: string; current: boolean }[] }>(
    'GET',
    '/api/auth/sessions',
  );
  for (const { id, current } of items) if (!current) await person.call('DELETE', `/api/auth/sessions/${id}`);
}

async function typeNewName(page: Page, space: Space, name: string) {
  await page.goto(`/s/${space.id}/members`);
  const field = page.getByLabel('Название');
  await field.fill(name);
  return field;
}

test('a session that ends under one’s hands asks for the password, and everything is as it was', async ({
  page,
}) => {
  const { person, space } = await newPerson('Анна Иванова');
  await enterAs(page, person);
  const field = await typeNewName(page, space, 'Семья Ивановых');
  await endEverySession(person);
  await page.getByRole('button', { name: 'Сохранить' }).click();

  const again = page.getByRole('dialog', { name: 'Сеанс завершён' });
  await expect(again.getByLabel('Пароль', { exact: true })).toBeFocused();
  await shoot(page, 'session-ended-ru-dark');
  await expectAccessible(page);
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await expect(again).toBeVisible();
  await again.getByLabel('Пароль', { exact: true }).fill(person.account.password);
  await page.keyboard.press('Enter');
  await expect(again).toBeHidden();
  await expect(field).toHaveValue('Семья Ивановых');
  await page.getByRole('button', { name: 'Сохранить' }).click();
  await expect(page.getByText('Название сохранено')).toBeVisible();
});

test('whoever signs in instead sees nothing of the one before', ONCE, async ({ page }) => {
  const { person, space } = await newPerson('Первая', 'Тайное');
  const { person: other } = await newPerson('Другая');
  await enterAs(page, person);
  await typeNewName(page, space, 'Тайный черновик');
  await endEverySession(person);
  await page.getByRole('button', { name: 'Сохранить' }).click();
  await page.getByRole('button', { name: 'Войти под другим именем' }).click();
  await expect(page).toHaveURL('/sign-in');
  expect(await page.evaluate(() => JSON.stringify({ ...sessionStorage }))).not.toContain('черновик');
  await page.getByLabel('Логин').fill(other.account.login);
  await page.getByLabel('Пароль', { exact: true }).fill(other.account.password);
  await page.getByRole('button', { name: 'Войти' }).click();
  await expect(page.getByText('Другая').first()).toBeVisible();
  await expect(page.getByText('Тайное')).toHaveCount(0);
});

test('who is removed from a space while looking at it is told, and led home', async ({ page }) => {
  const { person: owner, space } = await newPerson('Хозяйка', 'Поход на Алтай');
  const { person } = await newPerson('Гость');
  await owner.add(space, person, 'viewer');
  await enterAs(page, person);
  await page.goto(`/s/${space.id}`);
  await expect(page.getByRole('heading', { name: 'Пока нет фотографий' })).toBeVisible();
  await owner.call('DELETE', `/api/spaces/${space.id}/members/${person.id}`);

  await expect(page.getByRole('heading', { name: 'Доступ закрыт' })).toBeVisible();
  await expect(page.getByRole('alert')).toContainText('«Поход на Алтай»');
  await shoot(page, 'gone-ru-dark');
  await expectAccessible(page);
  await page.getByRole('link', { name: 'К фотографиям' }).click();
  await expect(page).toHaveURL(/\/s\/[0-9a-f-]{36}$/);
  expect(page.url()).not.toContain(space.id);
});

test('a busy server is named, counted down to, and asked again by itself', async ({ page }) => {
  const { person, space } = await newPerson('Терпеливая');
  await enterAs(page, person);
  const relieve = await beBusy(page, 'GET', /\/api\/timeline\?/, 5);
  await page.goto(`/s/${space.id}`);
  await expect(page.getByRole('heading', { name: 'Сервер занят' })).toBeVisible();
  await expect(page.getByText(/Попробуем сами через \d секунд/)).toBeVisible();
  await shoot(page, 'busy-ru-dark');
  await expectAccessible(page);
  await relieve();
  await expect(page.getByRole('heading', { name: 'Пока нет фотографий' })).toBeVisible();
});

test(
  'what a busy server did not take stays in the form, in a closed dialog and after a reload',
  ONCE,
  async ({ page }) => {
    const { person, space } = await newPerson('Упорная');
    await enterAs(page, person);
    await page.goto(`/s/${space.id}/members`);
    const ask = async () => {
      await page.locator('[aria-haspopup=menu]').first().click();
      await page.getByRole('menuitem', { name: 'Создать пространство' }).click();
      return page.getByRole('dialog', { name: 'Новое пространство' });
    };
    const relieve = await beBusy(page, 'POST', /\/api\/spaces$/, 30);
    const refused = await ask();
    await refused.getByLabel('Название').fill('Выпускной 2026');
    await page.keyboard.press('Enter');
    await expect(refused.getByRole('alert')).toContainText('Попробуйте через 30 секунд.');
    await relieve();
    await page.keyboard.press('Escape');
    await expect(refused).toBeHidden();
    await page.reload();
    const again = await ask();
    await expect(again.getByLabel('Название')).toHaveValue('Выпускной 2026');
    await page.keyboard.press('Enter');
    await expect(page).toHaveURL(/\/s\/[0-9a-f-]{36}$/);
    await expect(page.getByText('Выпускной 2026').first()).toBeVisible();
    const next = await ask();
    await expect(next.getByLabel('Название')).toHaveValue('');
  },
);

test('a part that is gone with an update offers to load the page again', async ({ page }) => {
  const { person, space } = await newPerson('После обновления');
  await enterAs(page, person);
  await page.route(/\/assets\/(SettingsRoute|CreateSpaceDialog)-/, (route) => route.fulfill({ status: 404 }));
  await page.goto(`/s/${space.id}/members`);
  await page.locator('[aria-haspopup=menu]').first().click();
  await page.getByRole('menuitem', { name: 'Создать пространство' }).click();
  await expect(page.getByText('Не всё загрузилось.')).toBeVisible();
  await expect(page.getByRole('heading', { name: 'Участники' }), 'the page goes on').toBeVisible();

  await page.goto(`/s/${space.id}/trash`);
  await page.getByRole('heading', { level: 2 }).waitFor();
  await page.evaluate(() => {
    history.pushState(null, '', '/settings');
    window.dispatchEvent(new PopStateEvent('popstate'));
  });
  await expect(page.getByRole('heading', { name: 'Галерея обновилась' })).toBeVisible();
  await shoot(page, 'updated-ru-dark');
  await expectAccessible(page);
  await page.unroute(/\/assets\/(SettingsRoute|CreateSpaceDialog)-/);
  await page.getByRole('button', { name: 'Загрузить заново' }).click();
  await expect(page.getByRole('heading', { name: 'Настройки' })).toBeVisible();
});

test(
  'a page that cannot be fetched comes by itself when the network is back',
  ONCE,
  async ({ page, context }) => {
    const { person, space } = await newPerson('В тоннеле');
    await enterAs(page, person);
    await page.goto(`/s/${space.id}/members`);
    await expect(page.getByRole('heading', { name: 'Участники' })).toBeVisible();
    const field = await typeNewName(page, space, 'Недописанное');
    await context.setOffline(true);
    await expect(page.getByText('Нет сети.')).toBeVisible();
    await page.getByRole('button', { name: 'Сохранить' }).click();
    await expect(page.getByRole('alert')).toContainText('Нет связи с галереей.');
    await expect(field).toHaveValue('Недописанное');
    await page.evaluate(() => {
      history.pushState(null, '', location.pathname.replace('members', 'archive'));
      window.dispatchEvent(new PopStateEvent('popstate'));
    });
    await expect(page.getByRole('heading', { name: 'Нет связи' })).toBeVisible();
    await context.setOffline(false);
    await expect(page.getByRole('heading', { name: 'Нет связи' })).toBeHidden();
    await page.goBack();
    await expect(field).toHaveValue('Недописанное');
  },
);

test('a full space says so before anything is lost, and when it does not take a file', async ({ page }) => {
  const { person, space } = await newPerson('Запасливая', 'Полное');
  await person.upload(space, 'first.png', picture('first.png').buffer);
  await gallery(['space', 'quota', space.id, String(13_000)]);
  await enterAs(page, person);
  await page.goto(`/s/${space.id}/members`);
  await expect(page.getByText('Место почти закончилось.').first()).toBeVisible();
  await choose(page, [picture('second.png', 128)]);
  const list = await openList(page);
  await expect(list.getByText(/закончилось место/)).toBeVisible();
  await shoot(page, 'full-ru-dark');
  await expectAccessible(page);
});
