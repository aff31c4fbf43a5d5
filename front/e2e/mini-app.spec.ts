import { launchFragment } from './max';
import { newPerson } from './people';
import { expect, test } from './test';

test('MAX signs in by itself, and the launch data leaves the address', async ({ page }) => {
  await page.goto(
    `/#${launchFragment({ userId: 700_001 + Math.floor(Math.random() * 1e9), firstName: 'Максим' })}`,
  );
  await expect(page).toHaveURL(/\/s\/[0-9a-f-]{36}$/);
  await expect(page.getByText('Максим').first()).toBeVisible();
  await page.reload();
  await expect(page).toHaveURL(/\/s\/[0-9a-f-]{36}$/);
});

test('an old launch is refused in words, and a password still works', async ({ page }) => {
  const { person } = await newPerson('Пётр');
  await page.goto(`/#${launchFragment({ userId: 42, firstName: 'Максим', age: 90_000 })}`);
  await expect(page.getByRole('alert')).toContainText('MAX не подтвердил');
  await page.getByRole('button', { name: 'Войти по логину и паролю' }).click();
  await page.getByLabel('Логин').fill(person.account.login);
  await page.getByLabel('Пароль', { exact: true }).fill(person.account.password);
  await page.getByRole('button', { name: 'Войти', exact: true }).click();
  await expect(page).toHaveURL(/\/s\/[0-9a-f-]{36}$/);
});
