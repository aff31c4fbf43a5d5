/** Every page, in both languages and both themes: accessible, within the screen, and a picture to look at. */
import type { Page } from '@playwright/test';
import { newPerson, theOperator } from './people';
import { enterAs, expect, expectAccessible, shoot, test } from './test';

/** Each language and each theme once: what could go wrong with both is not in the combination. */
const LOOKS = [
  { locale: 'ru-RU', colorScheme: 'light' },
  { locale: 'en-US', colorScheme: 'dark' },
] as const;

async function examine(page: Page, name: string): Promise<void> {
  await shoot(page, name);
  // Not innerWidth: a phone's browser makes room for what sticks out.
  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  expect(width, 'nothing may stick out sideways').toBeLessThanOrEqual(page.viewportSize()?.width ?? 0);
  await expectAccessible(page);
}

for (const look of LOOKS) {
  const suffix = `${look.locale.slice(0, 2)}-${look.colorScheme}`;

  test.describe(suffix, () => {
    test.use(look);

    test('the entrance', async ({ page }) => {
      const { person, space } = await newPerson('Анна Иванова', 'Семья Ивановых');
      await page.goto('/sign-in');
      await page.locator('form').waitFor();
      await examine(page, `sign-in-${suffix}`);
      await page.goto('/setup#token=abcdefghijklmnopqrstuvwxyz');
      await page.locator('form').waitFor();
      await page.locator('button[type=submit]').click();
      await examine(page, `setup-${suffix}`);
      await page.goto(`/join#token=${await person.invite(space, 'contributor')}`);
      await page.locator('form').waitFor();
      await examine(page, `join-${suffix}`);
    });

    test('the space', async ({ page }) => {
      const { person, space } = await newPerson('Анна Иванова', 'Семья Ивановых');
      const { person: other } = await newPerson('Пётр Константинопольский-Ивановский');
      await person.add(space, other, 'contributor');
      await person.invite(space, 'viewer');
      await enterAs(page, person);
      for (const view of ['', '/favourites', '/archive', '/trash']) {
        await page.goto(`/s/${space.id}${view}`);
        await page.getByRole('heading', { level: 2 }).first().waitFor();
        await examine(page, `timeline${view.replace('/', '-')}-${suffix}`);
      }
      await page.goto(`/s/${space.id}/members`);
      await page.getByRole('listitem').filter({ hasText: 'Пётр' }).waitFor();
      await examine(page, `members-${suffix}`);
      await page.locator('[aria-haspopup=menu]').first().click();
      await examine(page, `switcher-${suffix}`);
      await page.keyboard.press('End');
      await page.keyboard.press('Enter');
      await page.getByRole('dialog').locator('input').waitFor();
      await examine(page, `new-space-${suffix}`);
    });

    test('settings and status', async ({ page }) => {
      await enterAs(page, await theOperator());
      await page.goto('/settings');
      await page.getByRole('listitem').first().waitFor();
      await examine(page, `settings-${suffix}`);
      await page.goto('/operator');
      await page.getByRole('progressbar').nth(1).waitFor();
      await examine(page, `operator-${suffix}`);
      await page.goto('/nowhere');
      await page.getByRole('heading', { level: 1 }).waitFor();
      await examine(page, `not-found-${suffix}`);
    });
  });
}
