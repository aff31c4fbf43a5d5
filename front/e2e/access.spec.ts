/** People who enlarge the text, and people who have no mouse. */
import type { Locator, Page } from '@playwright/test';
import { lendPhotos } from './library';
import { newcomer, newPerson, type Person, theOperator } from './people';
import { enterAs, expect, expectAccessible, shoot, test } from './test';

test.describe.configure({ timeout: 240_000 });

let withPhotos: Promise<Person> | null = null;

function someoneWithPhotos(): Promise<Person> {
  withPhotos ??= (async () => {
    const person = await newcomer('Вера Константинопольская');
    await lendPhotos(person, 6);
    return person;
  })();
  return withPhotos;
}

/** What the reader set in the browser: every text twice as large. */
async function enlargeText(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send('Page.enable');
  await session.send('Page.setFontSizes', { fontSizes: { standard: 32, fixed: 26 } });
}

/** Texts that are cut off by their own box or by one around them, and boxes that stick out of the screen. */
function clippedTexts(width: number): string[] {
  const found: string[] = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement;
    if (!element || !node.textContent?.trim()) continue;
    if (!element.checkVisibility({ visibilityProperty: true })) continue;
    // Words for screen readers alone.
    if (element.clientWidth === 1 || element.closest('a[href="#main"]')) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    const text = range.getBoundingClientRect();
    if (text.width <= 1 || text.height <= 1) continue;
    if (text.left < -1 || text.right > width + 1) found.push(`out of the screen: ${node.textContent}`);
    for (let box: Element | null = element; box && box !== document.body; box = box.parentElement) {
      const style = getComputedStyle(box);
      if (style.clipPath !== 'none') break;
      if (style.overflowX === 'visible') continue;
      const edge = box.getBoundingClientRect();
      const scrolls = /auto|scroll/.test(style.overflowX);
      if (!scrolls && text.right > edge.right + 1) found.push(`cut off: ${node.textContent}`);
      break;
    }
  }
  return found;
}

test('text twice as large fits, and none of it is cut off', async ({ page }) => {
  const person = await someoneWithPhotos();
  const { person: owner, space } = await newPerson('Анна Иванова', 'Одноклассники и их родители');
  await owner.add(space, person, 'contributor');
  await enlargeText(page);

  const look = async (name: string) => {
    await shoot(page, `large-${name}`);
    // Not innerWidth: a phone's browser makes room for what sticks out.
    const width = page.viewportSize()?.width ?? 0;
    expect(await page.evaluate(() => document.documentElement.scrollWidth), name).toBeLessThanOrEqual(width);
    expect(await page.evaluate(clippedTexts, width), name).toEqual([]);
  };

  await page.goto('/sign-in');
  await page.locator('form').waitFor();
  expect(
    await page.evaluate(() => Number.parseFloat(getComputedStyle(document.documentElement).fontSize)),
  ).toBe(30);
  await look('sign-in');
  await enterAs(page, person);
  await page.goto(`/s/${person.personalSpaceId}`);
  await page.locator('[data-index] a').first().waitFor();
  await look('timeline');
  await page.goto(`/s/${person.personalSpaceId}/trash`);
  await page.getByRole('heading', { name: 'Корзина пуста' }).waitFor();
  await look('trash');
  await enterAs(page, owner);
  await page.goto(`/s/${space.id}/members`);
  await page.getByRole('listitem').filter({ hasText: 'Вера' }).waitFor();
  await look('members');
  await page.getByRole('button', { name: 'Создать ссылку' }).click();
  await page.getByRole('dialog').waitFor();
  await look('invite');
  await page.goto('/settings');
  await page.getByRole('listitem').first().waitFor();
  await look('settings');
  await enterAs(page, await theOperator());
  await page.goto('/operator');
  await page.locator('dl').nth(1).waitFor();
  await look('operator');
});

/** Presses Tab until the focus is on something, as a person would; fails when it never is. */
async function tabTo(page: Page, target: Locator, most = 60): Promise<void> {
  for (let press = 0; press < most; press++) {
    if (await target.evaluate((element) => element === document.activeElement).catch(() => false)) {
      const outline = await target.evaluate((element) => getComputedStyle(element).outlineStyle);
      expect(outline, 'the focus can be seen').not.toBe('none');
      return;
    }
    await page.keyboard.press('Tab');
  }
  throw new Error(`Tab never came to ${target}`);
}

test('the whole application, with the keyboard alone', async ({ page }) => {
  const person = await someoneWithPhotos();
  await page.goto('/sign-in');
  await expect(page.getByLabel('Логин')).toBeFocused();
  await page.keyboard.type(person.account.login);
  await page.keyboard.press('Tab');
  await page.keyboard.type(person.account.password);
  await page.keyboard.press('Enter');
  await page.locator('[data-index="0"] a').waitFor();

  await page.reload();
  await page.locator('[data-index="0"] a').waitFor();

  // Past the navigation to the photos, one opened, its information, the help, and back to where one was.
  await page.keyboard.press('Tab');
  await expect(page.getByRole('link', { name: 'К содержанию' })).toBeFocused();
  await page.keyboard.press('Enter');
  await tabTo(page, page.getByRole('region', { name: 'Фотографии' }));
  await page.keyboard.press('ArrowRight');
  await expect(page.locator('[data-index="0"] a')).toBeFocused();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Enter');
  const viewer = page.locator('[role=dialog][aria-modal]');
  await expect(viewer).toBeVisible();
  await page.keyboard.press('i');
  await expect(page.getByRole('link', { name: 'Скачать оригинал' })).toBeVisible();
  if (test.info().project.name === 'phone') await page.keyboard.press('Escape');
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog', { name: 'Клавиши' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog', { name: 'Клавиши' })).toBeHidden();
  await page.keyboard.press('Escape');
  await expect(viewer).toBeHidden();
  await expect(page.locator('[data-index="1"] a')).toBeFocused();

  await page.keyboard.press('?');
  const keys = page.getByRole('dialog', { name: 'Клавиши' });
  await expect(keys.getByText('Снять выбор')).toBeVisible();
  await shoot(page, 'access-grid-keys');
  await page.keyboard.press('Escape');
  await expect(keys).toBeHidden();
  await expect(page.locator('[data-index="1"] a')).toBeFocused();

  // Two chosen and put into the trash, and the way back that the toast offers.
  await page.keyboard.press('x');
  await page.keyboard.press('Shift+ArrowRight');
  await expect(page.getByText('Выбрано: 2')).toBeVisible();
  await page.keyboard.press('Delete');
  await expect(page.locator('[data-index] a:focus'), 'the next photo has the keyboard').toHaveCount(1);
  await tabTo(page, page.getByRole('button', { name: 'Отменить' }));
  await page.keyboard.press('Enter');
  await expect(page.locator('[data-index="5"]')).toBeVisible();

  // Another page by its link, a menu, a dialog with a form, and out of it again.
  const isPhone = test.info().project.name === 'phone';
  await page.reload();
  await page.locator('[data-index="0"] a').waitFor();
  await tabTo(page, page.locator('[aria-haspopup=menu]').first());
  await page.keyboard.press('Enter');
  await expect(page.getByRole('menuitemradio').first()).toBeFocused();
  await page.keyboard.press('End');
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Новое пространство' });
  await expect(dialog.getByLabel('Название')).toBeFocused();
  await page.keyboard.type('Без мыши');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'Пока нет фотографий' })).toBeVisible();
  if (isPhone) {
    await tabTo(page, page.getByRole('button', { name: 'Ещё' }));
    await page.keyboard.press('Enter');
  }
  const settings = page.getByRole('link', { name: /Настройки/ });
  await tabTo(page, settings);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'Настройки' })).toBeVisible();
  await tabTo(page, page.getByRole('group', { name: 'Тема' }).getByRole('radio', { checked: true }));
  await page.keyboard.press('ArrowRight');
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'light');
  await expectAccessible(page);
});
