import type { Page } from '@playwright/test';
import { newAccount, newcomer, newPerson } from './people';
import { enterAs, expect, ONCE, test } from './test';

const UPLOAD = { name: 'Загрузить', exact: true };

async function openMenu(page: Page): Promise<void> {
  await page
    .getByRole('button', { expanded: false })
    .and(page.locator('[aria-haspopup=menu]'))
    .first()
    .click();
}

test('a space is created, used and renamed', async ({ page }) => {
  const person = await newcomer('Основатель');
  await enterAs(page, person);
  await page.goto('/');
  await openMenu(page);
  await page.getByRole('menuitem', { name: 'Создать пространство' }).click();
  await expect(page.getByLabel('Название')).toBeFocused();
  await page.getByLabel('Название').fill('Поход на Эльбрус');
  await page.getByRole('dialog').getByRole('button', { name: 'Создать пространство' }).click();
  await expect(page.getByText('Поход на Эльбрус').first()).toBeVisible();
  await expect(page).toHaveURL(/\/s\/[0-9a-f-]{36}$/);
  expect(page.url()).not.toContain(person.personalSpaceId);

  await page.getByRole('link', { name: 'Участники' }).click();
  await page.getByLabel('Название').fill('Эльбрус');
  await page.getByRole('button', { name: 'Сохранить' }).click();
  await expect(page.getByText('Название сохранено')).toBeVisible();
  await expect(page.getByRole('button', { name: /Эльбрус/ }).first()).toBeVisible();

  await page.getByRole('button', { name: 'Удалить пространство' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Удалить пространство' }).click();
  await expect(page).toHaveURL(`/s/${person.personalSpaceId}`);
});

test('an invitation brings in somebody without an account', ONCE, async ({ page, newPage }) => {
  const { person, space } = await newPerson('Мама', 'Семья Приглашающих');
  await enterAs(page, person);
  await page.goto(`/s/${space.id}/members`);
  await page.getByRole('button', { name: 'Создать ссылку' }).click();
  await page.getByRole('dialog').getByLabel('Роль').selectOption('Зритель');
  await page.getByRole('dialog').getByRole('button', { name: 'Создать ссылку' }).click();
  const link = await page.getByRole('dialog').getByLabel('Ссылка', { exact: true }).inputValue();
  expect(link).toMatch(/\/join#token=[\w-]{16,}$/);

  const guest = await newPage();
  await guest.goto(new URL(link).pathname + new URL(link).hash);
  await expect(guest).toHaveURL(/\/join$/);
  await expect(guest.getByRole('heading', { level: 1 })).toContainText('Семья Приглашающих');
  await expect(guest.getByText('Приглашает Мама.')).toBeVisible();
  const account = newAccount('Бабушка');
  await guest.getByLabel('Имя').fill(account.name);
  await guest.getByLabel('Логин').fill(account.login);
  await guest.getByLabel('Пароль', { exact: true }).fill(account.password);
  await guest.getByRole('button', { name: 'Создать учётную запись и вступить' }).click();
  await expect(guest).toHaveURL(`/s/${space.id}`);
  await expect(guest.getByRole('link', { name: 'Фотографии' })).toBeVisible();
  await expect(guest.getByRole('button', UPLOAD)).toHaveCount(0);

  await page.reload();
  await expect(page.getByRole('listitem').filter({ hasText: 'Бабушка' })).toContainText('Зритель');
  await page.getByRole('button', { name: 'Отозвать' }).click();
  await expect(page.getByText('Приглашение отозвано')).toBeVisible();
  const late = await newPage();
  await late.goto(new URL(link).pathname + new URL(link).hash);
  await expect(late.getByRole('alert')).toContainText('Приглашение устарело или отозвано');
});

test('an invitation brings in somebody who has an account, by way of the sign-in', ONCE, async ({ page }) => {
  const { person: owner, space } = await newPerson('Тренер', 'Команда');
  const player = await newcomer('Игрок');
  await page.goto(`/join#token=${await owner.invite(space, 'contributor')}`);
  await page.getByRole('link', { name: 'У меня есть учётная запись' }).click();
  await page.getByLabel('Логин').fill(player.account.login);
  await page.getByLabel('Пароль', { exact: true }).fill(player.account.password);
  await page.getByRole('button', { name: 'Войти' }).click();
  await expect(page.getByText('Вы вошли как Игрок.')).toBeVisible();
  await page.getByRole('button', { name: 'Вступить' }).click();
  await expect(page).toHaveURL(`/s/${space.id}`);
  await expect(page.getByRole('button', UPLOAD).first()).toBeVisible();
});

test('roles and memberships change what an open page offers', async ({ page }) => {
  const { person: owner, space } = await newPerson('Хозяйка', 'Дача');
  const guest = await newcomer('Гость');
  await owner.add(space, guest, 'viewer');
  await enterAs(page, guest);
  await page.goto(`/s/${space.id}`);
  await expect(page.getByRole('link', { name: 'Фотографии' })).toBeVisible();
  await expect(page.getByRole('button', UPLOAD)).toHaveCount(0);
  const path = `/api/spaces/${space.id}/members/${guest.id}`;
  await owner.call('PATCH', path, { role: 'contributor' });
  await expect(page.getByRole('button', UPLOAD).first()).toBeVisible();
  await owner.call('DELETE', path);
  await expect(page.getByRole('heading', { name: 'Доступ закрыт' })).toBeVisible();
});

test('an owner changes a role and removes a member', ONCE, async ({ page }) => {
  const { person: owner, space } = await newPerson('Владелица', 'Класс 3Б');
  const parent = await newcomer('Родитель');
  await enterAs(page, owner);
  await page.goto(`/s/${space.id}/members`);
  await page.getByLabel('Логин участника').fill('nobody-has-this-login');
  await page.getByRole('button', { name: 'Добавить' }).click();
  await expect(page.getByRole('alert')).toContainText('нет никого с таким логином');
  await page.getByLabel('Логин участника').fill(parent.account.login);
  await page.getByRole('button', { name: 'Добавить' }).click();
  const row = page.getByRole('listitem').filter({ hasText: 'Родитель' });
  await expect(row).toContainText('Автор');

  await row.getByRole('button', { name: 'Изменить роль: Родитель' }).click();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect(row).toContainText('Управляющий');

  await row.getByRole('button', { name: 'Изменить роль: Родитель' }).click();
  await row.getByRole('menuitem', { name: 'Исключить' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Исключить' }).click();
  await expect(row).toHaveCount(0);
});

test('the last owner cannot leave, others can', ONCE, async ({ page, newPage }) => {
  const { person: owner, space } = await newPerson('Единственная', 'Свадьба');
  const friend = await newcomer('Подруга');
  await owner.add(space, friend, 'contributor');
  await enterAs(page, owner);
  await page.goto(`/s/${space.id}/members`);
  await page.getByRole('button', { name: 'Покинуть пространство' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Покинуть пространство' }).click();
  await expect(page.getByText('сначала назначьте другого')).toBeVisible();

  const other = await newPage();
  await enterAs(other, friend);
  await other.goto(`/s/${space.id}/members`);
  await other.getByRole('button', { name: 'Покинуть пространство' }).click();
  await other.getByRole('dialog').getByRole('button', { name: 'Покинуть пространство' }).click();
  await expect(other).toHaveURL(`/s/${friend.personalSpaceId}`);
});
