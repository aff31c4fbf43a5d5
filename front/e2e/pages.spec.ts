/** Every page, in both languages and both themes: accessible, within the screen, and a picture to look at. */
import type { Page } from '@playwright/test';
import { newPerson, theOperator } from './people';
import { act, bar, isPhone, open, openTimeline, personWithPhotos, thumbsShown } from './photos';
import { enterAs, expect, expectAccessible, shoot, test } from './test';
import { choose, keeps, picture } from './uploads';

/** Each language and each theme once: what could go wrong with both is not in the combination. */
const LOOKS = [
  {
    look: { locale: 'ru-RU', colorScheme: 'light' },
    actions: { date: 'Изменить дату', place: 'Изменить место', bring: 'Переместить или скопировать' },
    uploads: { button: 'Загрузить', panel: 'Загрузка файлов', expand: 'Показать список' },
  },
  {
    look: { locale: 'en-US', colorScheme: 'dark' },
    actions: { date: 'Change date', place: 'Change place', bring: 'Move or copy to a space' },
    uploads: { button: 'Upload', panel: 'Uploads', expand: 'Show the list' },
  },
] as const;

async function examine(page: Page, name: string): Promise<void> {
  await shoot(page, name);
  // Not innerWidth: a phone's browser makes room for what sticks out.
  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  expect(width, 'nothing may stick out sideways').toBeLessThanOrEqual(page.viewportSize()?.width ?? 0);
  await expectAccessible(page);
}

for (const { look, actions, uploads } of LOOKS) {
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

    test('photos near and far, chosen and changed', async ({ page }) => {
      test.slow();
      const person = await personWithPhotos(24);
      await person.createSpace('Семья Ивановых');
      await openTimeline(page, person);
      await thumbsShown(page);
      await examine(page, `days-${suffix}`);
      await page.keyboard.press('-');
      await thumbsShown(page);
      await examine(page, `months-${suffix}`);
      await page.keyboard.press('-');
      await page.getByTestId('years').locator('img').first().waitFor();
      await examine(page, `years-${suffix}`);
      await page.keyboard.press('+');
      await page.keyboard.press('+');
      await thumbsShown(page);
      const month = page.getByRole('heading', { level: 2 }).first();
      await month.hover();
      await month.getByRole('button').click();
      await bar(page).waitFor();
      await examine(page, `chosen-${suffix}`);
      for (const [name, action] of Object.entries(actions)) {
        await act(page, action);
        await page.getByRole('dialog').getByRole('button').last().waitFor();
        await examine(page, `chosen-${name}-${suffix}`);
        await page.keyboard.press('Escape');
        await expect(page.getByRole('dialog')).toBeHidden();
      }
    });

    test('one photo', async ({ page }) => {
      await openTimeline(page, await personWithPhotos(12));
      await open(page, 2);
      await examine(page, `viewer-${suffix}`);
      await page.keyboard.press('i');
      await page.getByRole('textbox').first().waitFor();
      await examine(page, `viewer-facts-${suffix}`);
      if (isPhone()) await page.keyboard.press('Escape');
      await page.keyboard.press('?');
      await page.locator('kbd').first().waitFor();
      await examine(page, `viewer-help-${suffix}`);
    });

    test('adding photos, and a server that is away', async ({ page }) => {
      const { person, space } = await newPerson('Анна Иванова', 'Семья Ивановых');
      await enterAs(page, person);
      await page.goto(`/s/${space.id}`);
      const photo = picture('IMG_20240501_120000.png');
      const document = {
        name: 'budget.pdf',
        mimeType: 'application/pdf',
        buffer: Buffer.from('%PDF-1.7 budget'),
      };
      await choose(page, [photo, document], uploads.button);
      await expect.poll(() => keeps(person, space, photo.buffer)).toBe(true);
      const panel = page.getByRole('region', { name: uploads.panel });
      await panel.waitFor();
      await examine(page, `uploads-${suffix}`);
      const collapsed = panel.getByRole('button', { name: uploads.expand });
      if (await collapsed.isVisible()) await collapsed.click();
      await page.getByText('budget.pdf').waitFor();
      await examine(page, `uploads-list-${suffix}`);

      await page.route(/\/api\/timeline/, (route) =>
        route.fulfill({
          status: 500,
          contentType: 'application/problem+json',
          json: { code: 'internal', title: '', status: 500 },
        }),
      );
      await page.goto(`/s/${space.id}/archive`);
      await page.getByRole('alert').first().waitFor();
      await examine(page, `trouble-${suffix}`);
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
