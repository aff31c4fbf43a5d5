import { gallery } from './installation';
import { newAccount, newPerson } from './people';
import { enterAs, expect, test } from './test';

test('the one-time link makes an account and opens the empty timeline, once', async ({ page, newPage }) => {
  const printed = await gallery(['setup-link']);
  const token = /#token=([\w-]+)/.exec(printed)?.[1];
  const account = newAccount('Новый Оператор');

  await page.goto(`/setup#token=${token}`);
  await expect(page).toHaveURL(/\/setup$/);
  await page.getByLabel('Имя').fill(account.name);
  await page.getByLabel('Логин').fill(account.login);
  await page.getByLabel('Пароль', { exact: true }).fill(account.password);
  await page.getByRole('button', { name: 'Создать галерею' }).click();
  await expect(page).toHaveURL(/\/s\/[0-9a-f-]{36}$/);
  await expect(page.getByText(account.name).first()).toBeVisible();

  const second = await newPage();
  await second.goto(`/setup#token=${token}`);
  const again = newAccount('Кто-то ещё');
  await second.getByLabel('Имя').fill(again.name);
  await second.getByLabel('Логин').fill(again.login);
  await second.getByLabel('Пароль', { exact: true }).fill(again.password);
  await second.getByRole('button', { name: 'Создать галерею' }).click();
  await expect(second.getByRole('alert')).toContainText('уже использована');
});

test('a form says what is missing and what is too weak', async ({ page }) => {
  await page.goto('/setup#token=abcdefghijklmnopqrstuvwxyz');
  await page.getByRole('button', { name: 'Создать галерею' }).click();
  await expect(page.getByText('Заполните это поле.')).toHaveCount(3);
  await expect(page.getByLabel('Имя')).toBeFocused();
  await page.getByLabel('Имя').fill('Анна');
  await page.getByLabel('Логин').fill('a');
  await page.getByLabel('Пароль', { exact: true }).fill('short');
  await page.getByRole('button', { name: 'Создать галерею' }).click();
  await expect(page.getByRole('alert')).toContainText('Не короче 8 знаков');
});

test('a wrong password is told, and a right one leads back to where one was going', async ({ page }) => {
  const { person, space } = await newPerson('Анна Входящая');
  await page.goto(`/s/${space.id}/members`);
  await expect(page).toHaveURL(/\/sign-in\?return=/);
  await page.getByLabel('Логин').fill(person.account.login);
  await page.getByLabel('Пароль', { exact: true }).fill('not the password');
  await page.getByRole('button', { name: 'Войти' }).click();
  await expect(page.getByRole('alert')).toHaveText('Неверный логин или пароль.');
  await page.getByLabel('Пароль', { exact: true }).fill(person.account.password);
  await page.getByRole('button', { name: 'Войти' }).click();
  await expect(page).toHaveURL(`/s/${space.id}/members`);
  await page.reload();
  await expect(page.getByRole('heading', { name: 'Участники' })).toBeVisible();
});

test('signing in never leads to another site', async ({ page }) => {
  const { person } = await newPerson('Осторожный');
  await enterAs(page, person);
  for (const foreign of [
    'https://evil.example/',
    '//evil.example',
    '/\\evil.example',
    'javascript:alert(1)',
  ]) {
    await page.goto(`/sign-in?return=${encodeURIComponent(foreign)}`);
    await expect(page).toHaveURL(/127\.0\.0\.1:\d+\/s\/[0-9a-f-]{36}$/);
  }
});

test('an address that leads nowhere says so', async ({ page }) => {
  const { person, space } = await newPerson('Заблудившийся');
  const { space: foreign } = await newPerson('Чужой', 'Чужое пространство');
  await enterAs(page, person);
  for (const path of ['/nowhere', '/s/not-a-space', `/s/${foreign.id}`, `/s/${foreign.id}/members`]) {
    await page.goto(path);
    await expect(page.getByRole('heading', { name: 'Здесь ничего нет' })).toBeVisible();
  }
  await page.getByRole('link', { name: 'К фотографиям' }).click();
  await expect(page).toHaveURL(/\/s\/[0-9a-f-]{36}$/);
  expect(page.url()).not.toContain(foreign.id);
  await page.goto(`/s/${space.id}`);
  await expect(page).toHaveURL(`/s/${space.id}`);
});

test('a lost connection is told while it lasts', async ({ page, context }) => {
  const { person } = await newPerson('В дороге');
  await enterAs(page, person);
  await page.goto('/settings');
  await expect(page.getByRole('heading', { name: 'Настройки' })).toBeVisible();
  await context.setOffline(true);
  await expect(page.getByText('Нет сети.')).toBeVisible();
  await context.setOffline(false);
  await expect(page.getByText('Нет сети.')).toBeHidden();
});
