import type { Page } from '@playwright/test';
import { launchFragment, WebAppFake } from './max';
import { newPerson, Person } from './people';
import { isPhone, longPress, tile } from './photos';
import { expect, expectAccessible, ONCE, test } from './test';
import { choose, Line, openList, panel, picture } from './uploads';

function anyone(languageCode = 'ru') {
  return { userId: 700_001 + Math.floor(Math.random() * 1e9), firstName: 'Максим', languageCode };
}

const INSIDE = /\/s\/[0-9a-f-]{36}$/;

test('MAX signs in by itself, and the launch data leaves the address', async ({ page }) => {
  await page.goto(`/#${launchFragment(anyone())}`);
  await expect(page).toHaveURL(INSIDE);
  await expect(page.getByText('Максим').first()).toBeVisible();
  await page.reload();
  await expect(page).toHaveURL(INSIDE);
});

test('an old launch is refused in words, and a password still works', ONCE, async ({ page }) => {
  const { person } = await newPerson('Пётр');
  await page.goto(`/#${launchFragment({ userId: 42, firstName: 'Максим', age: 90_000 })}`);
  await expect(page.getByRole('alert')).toContainText('MAX не подтвердил');
  await page.getByRole('button', { name: 'Войти по логину и паролю' }).click();
  await page.getByLabel('Логин').fill(person.account.login);
  await page.getByLabel('Пароль', { exact: true }).fill(person.account.password);
  await page.getByRole('button', { name: 'Войти', exact: true }).click();
  await expect(page).toHaveURL(INSIDE);
});

test('the language of MAX comes before the browser’s, and a choice before both', ONCE, async ({ page }) => {
  await page.goto(`/#${launchFragment({ ...anyone('en'), age: 90_000 })}`);
  await expect(page.locator('html')).toHaveAttribute('lang', 'en');
  await expect(page.getByRole('alert')).toContainText('MAX did not confirm');
  await page.getByRole('button', { name: 'Русский' }).click();
  await page.goto(`/#${launchFragment({ ...anyone('en'), age: 90_000 })}`);
  await page.reload();
  await expect(page.locator('html')).toHaveAttribute('lang', 'ru');
});

// All other tests are without it: nothing outside the gallery answers there.
for (const fate of ['slow', 'empty'] as const) {
  test(`a bridge script that is ${fate} holds nobody up`, ONCE, async ({ page }) => {
    await page.route('https://st.max.ru/**', async (route) => {
      if (fate === 'empty') await route.fulfill({ contentType: 'text/javascript', body: '' });
    });
    await page.goto(`/#${launchFragment(anyone())}`, { waitUntil: 'commit' });
    await expect(page).toHaveURL(INSIDE, { timeout: 5_000 });
    await expect(page.getByRole('button', { name: 'Загрузить' }).first()).toBeVisible();
    // Only the script may listen to messages of the host; the page itself obeys nobody.
    const here = page.url();
    await page.evaluate(() => window.postMessage(JSON.stringify({ type: 'WebAppBackButtonPressed' }), '*'));
    await page.evaluate(() => window.postMessage(JSON.stringify({ type: 'WebAppClose' }), '*'));
    await expect(page).toHaveURL(here);
  });
}

test.describe('with the bridge', () => {
  let max: WebAppFake;

  test.beforeEach(async ({ page }) => {
    max = await WebAppFake.inside(page);
    await page.goto(`/#${launchFragment(anyone())}`);
    await expect(page).toHaveURL(INSIDE);
  });

  /** Puts photos into the open space, as its owner would through the page. */
  async function withPhotos(page: Page, count: number): Promise<void> {
    await choose(
      page,
      Array.from({ length: count }, (_, at) => picture(`${at}.png`)),
    );
    await expect(
      panel(page)
        .getByText(/Загружен/)
        .first(),
    ).toBeVisible();
    await panel(page).getByRole('button', { name: 'Закрыть список' }).click();
    await expect(page.getByRole('gridcell').or(page.locator('[data-index]')).first()).toBeVisible();
  }

  test('MAX’s back button leads back, and is there only while there is a way', async ({ page }) => {
    expect(await max.calls()).toContain('ready');
    const home = page.url();
    expect(await max.isBackShown()).toBe(false);
    await page.goto('/settings');
    await expect.poll(() => max.isBackShown()).toBe(true);
    await max.pressBack();
    await expect(page).toHaveURL(home);
    await expect.poll(() => max.isBackShown()).toBe(false);

    await withPhotos(page, 2);
    await page.locator('[data-index="0"] a').click();
    await expect(page).toHaveURL(/photo=/);
    await expect.poll(() => max.isBackShown()).toBe(true);
    expect(await max.swipes()).toBe(false);
    await expect(page.getByRole('dialog')).toBeVisible();
    await page.keyboard.press('?');
    await expect(page.locator('dialog[open]')).toBeVisible();
    await max.pressBack();
    await expect(page.locator('dialog[open]')).toHaveCount(0);
    await expect(page).toHaveURL(/photo=/);
    await max.pressBack();
    await expect(page).toHaveURL(home);
    expect(await max.swipes()).toBe(true);

    if (isPhone()) await longPress(page, 1, 1);
    else {
      await tile(page, 1).hover();
      await tile(page, 1).locator('[data-check]').click();
    }
    const selection = page.getByRole('toolbar');
    await expect(selection).toBeVisible();
    await expect.poll(() => max.isBackShown()).toBe(true);
    await max.pressBack();
    await expect(selection).toBeHidden();
    await expect(page).toHaveURL(home);
    await expect.poll(() => max.isBackShown()).toBe(false);
  });

  test('MAX asks before it closes while something is on its way, and the fingertip feels the end', async ({
    page,
  }) => {
    const line = await Line.of(page);
    await line.slow(100_000);
    await choose(page, [picture('slow.png', 600)]);
    await expect((await openList(page)).getByText(/ из /).first()).toBeVisible();
    expect(await max.closing()).toBe(true);
    await line.fast();
    await expect.poll(() => max.closing(), { timeout: 30_000 }).toBe(false);
    expect(await max.calls()).toContain('haptic success');
  });

  test('an invitation is shared with MAX’s own chats', async ({ page }) => {
    const person = await Person.ofPage(page);
    const space = await person.createSpace('Дача');
    await page.goto(`/s/${space.id}/members`);
    await page.getByRole('button', { name: 'Создать ссылку' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Создать ссылку' }).click();
    await page.getByRole('button', { name: 'Поделиться' }).click();
    await expect
      .poll(async () => (await max.calls()).some((call) => /^share Дача http.*\/join#token=/.test(call)))
      .toBe(true);
    await expectAccessible(page);
  });

  test('no service worker is started there', ONCE, async ({ page }) => {
    await page.goto('/settings');
    await expect(page.getByRole('heading', { name: 'Настройки' })).toBeVisible();
    await page.waitForTimeout(500);
    expect(await page.locator('link[rel=manifest]').count()).toBe(0);
  });
});
