import { newPerson, Person } from './people';
import { enterAs, expect, shoot, test } from './test';
import { choose, Line, openList, picture } from './uploads';

test('another device is signed out from here and comes back to where it was', async ({ page, newPage }) => {
  const { person, space } = await newPerson('На двух устройствах');
  await enterAs(page, person);
  const phone = await newPage();
  await enterAs(phone, person);
  await phone.goto(`/s/${space.id}/members`);
  await expect(phone.getByRole('heading', { name: 'Участники' })).toBeVisible();

  await page.goto('/settings');
  const sessions = page.getByRole('listitem');
  await expect(sessions.filter({ hasText: 'Это устройство' })).toHaveCount(1);
  const others = sessions.filter({ has: page.getByRole('button', { name: /Выйти/ }) });
  while ((await others.count()) > 0) {
    const before = await others.count();
    await others.first().getByRole('button', { name: /Выйти/ }).click();
    await expect(others).toHaveCount(before - 1);
  }

  await phone.getByLabel('Логин участника').fill('somebody');
  await phone.getByRole('button', { name: 'Добавить' }).click();
  const again = phone.getByRole('dialog', { name: 'Сеанс завершён' });
  await expect(again.getByLabel('Логин')).toHaveValue(person.account.login);
  await again.getByLabel('Пароль', { exact: true }).fill(person.account.password);
  await again.getByRole('button', { name: 'Войти', exact: true }).click();
  await expect(again).toBeHidden();
  await expect(phone).toHaveURL(`/s/${space.id}/members`);
  await expect(phone.getByLabel('Логин участника')).toHaveValue('somebody');
  await page.reload();
  await expect(page.getByRole('heading', { name: 'Настройки' })).toBeVisible();
});

test('language and theme are chosen and stay', async ({ page }) => {
  const { person } = await newPerson('Полиглот');
  await enterAs(page, person);
  await page.goto('/settings');
  await page.getByRole('radio', { name: 'English' }).check();
  await expect(page.getByRole('heading', { name: 'Settings' })).toBeVisible();
  await page.getByRole('radio', { name: 'Dark' }).check();
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  await page.reload();
  await expect(page.getByRole('heading', { name: 'Settings' })).toBeVisible();
  await expect(page.locator('html')).toHaveAttribute('lang', 'en');
  expect(await page.evaluate(() => getComputedStyle(document.documentElement).colorScheme)).toBe('dark');
  await page.getByRole('group', { name: 'Language' }).getByRole('radio', { name: 'Auto' }).check();
  await expect(page.getByRole('heading', { name: 'Настройки' })).toBeVisible();
});

test('a name is changed, and a password', async ({ page }) => {
  const { person } = await newPerson('Прежнее Имя');
  await enterAs(page, person);
  await page.goto('/settings');
  await page.getByLabel('Имя').fill('Новое Имя');
  await page.getByRole('button', { name: 'Сохранить' }).click();
  await expect(page.getByText('Имя сохранено')).toBeVisible();

  await page.getByLabel('Текущий пароль').fill('not this one');
  await page.getByLabel('Новый пароль').fill('a password of tomorrow');
  await page.getByRole('button', { name: 'Сменить пароль' }).click();
  await expect(page.getByText('Пароль не подходит.')).toBeVisible();
  await page.getByLabel('Текущий пароль').fill(person.account.password);
  await page.getByRole('button', { name: 'Сменить пароль' }).click();
  await expect(page.getByText('Пароль изменён')).toBeVisible();
  await expect(page.getByLabel('Текущий пароль')).toHaveValue('');

  const again = await Person.signIn({ ...person.account, password: 'a password of tomorrow' });
  expect((await again.call<{ name: string }>('GET', '/api/me')).name).toBe('Новое Имя');
});

test('an upload is not thrown away by signing out without a question', async ({ page }) => {
  const { person, space } = await newPerson('Торопливая');
  await enterAs(page, person);
  await page.goto(`/s/${space.id}`);
  const line = await Line.of(page);
  await line.slow(50_000);
  await choose(page, [picture('slow.png', 800)]);
  await openList(page);
  await page.getByRole('link', { name: /Настройки/ }).click();
  const leave = page.getByRole('button', { name: 'Выйти', exact: true });
  await leave.click();
  const question = page.getByRole('dialog', { name: 'Выйти, не закончив загрузку?' });
  await shoot(page, 'settings-leave');
  await question.getByRole('button', { name: 'Отмена' }).click();
  await expect(page.getByRole('heading', { name: 'Настройки' })).toBeVisible();
  await leave.click();
  await question.getByRole('button', { name: 'Выйти' }).click();
  await expect(page).toHaveURL('/sign-in');
});

test('who signs in next in a tab that was loaded anew finds nothing that was typed there', async ({
  page,
}) => {
  const [{ person }, { person: other }] = [await newPerson('Первая'), await newPerson('Вторая')];
  await enterAs(page, person);
  await page.goto('/settings');
  await page.getByLabel('Имя').fill('Моя тайна');
  await page.context().clearCookies();
  await page.reload();
  await page.getByLabel('Логин').fill(other.account.login);
  await page.getByLabel('Пароль', { exact: true }).fill(other.account.password);
  await page.getByRole('button', { name: 'Войти', exact: true }).click();
  await expect(page.getByLabel('Имя')).toHaveValue('Вторая');
});

test('after signing out nothing of the person is left on the page', async ({ page, context }) => {
  const { person, space } = await newPerson('Уходящая', 'Тайное пространство');
  await enterAs(page, person);
  await page.goto(`/s/${space.id}`);
  const second = await context.newPage();
  await second.goto(`/s/${space.id}/members`);
  await expect(second.getByText('Тайное пространство').first()).toBeVisible();
  await page.goto('/settings');
  await page.getByRole('button', { name: 'Выйти', exact: true }).click();
  await expect(page).toHaveURL('/sign-in');
  await expect(second).toHaveURL('/sign-in');
  await page.goBack();
  await expect(page.getByRole('button', { name: 'Войти' })).toBeVisible();
  await expect(page.getByText('Тайное пространство')).toHaveCount(0);
});
