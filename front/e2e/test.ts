/** `test` for this product: a page that starts at the gallery, and reports what the browser complained about. */
import { AxeBuilder } from '@axe-core/playwright';
import { type BrowserContext, test as base, expect, type Page } from '@playwright/test';
import { installation } from './installation';
import type { Person } from './people';

interface Fixtures {
  /** Opens another browser of its own: another person, or another device of the same one. */
  newPage: () => Promise<Page>;
}

export const test = base.extend<Fixtures>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of the fixtures from this pattern
  baseURL: async ({}, use) => use(installation().origin),

  context: async ({ context }, use) => {
    const verify = watched(context);
    await use(context);
    verify();
  },

  newPage: async (
    { browser, contextOptions, baseURL, viewport, hasTouch, isMobile, locale, timezoneId },
    use,
  ) => {
    const contexts: { context: BrowserContext; verify: () => void }[] = [];
    await use(async () => {
      const context = await browser.newContext({
        ...contextOptions,
        ...(baseURL ? { baseURL } : {}),
        viewport,
        hasTouch,
        isMobile,
        ...(locale ? { locale } : {}),
        ...(timezoneId ? { timezoneId } : {}),
      });
      contexts.push({ context, verify: watched(context) });
      return context.newPage();
    });
    for (const { context, verify } of contexts) {
      await context.close();
      verify();
    }
  },
});

/** For a test in which the size of the screen plays no part: it runs on the desktop alone. */
export const ONCE = { tag: '@once' };

/** Remembers errors that nothing caught, for a look at the end. */
function watched(context: BrowserContext): () => void {
  const complaints: string[] = [];
  context.on('weberror', (error) => complaints.push(String(error.error())));
  context.on('console', (message) => {
    const text = message.text();
    if (message.type() === 'error' && !EXPECTED.test(text)) complaints.push(text);
  });
  return () => expect(complaints, 'the browser complained').toEqual([]);
}

/** The browser reports every refused or interrupted request; the application deals with them. */
const EXPECTED = /^Failed to load resource|net::ERR_|The server cannot be reached/;

/** Signs a browser in as somebody, as the sign-in form would. */
export async function enterAs(page: Page, person: Person): Promise<void> {
  const { login, password } = person.account;
  const response = await page.request.post('/api/auth/password', { data: { login, password } });
  expect(response.status()).toBe(200);
}

/** Everything that WCAG 2.2 AA asks for and a program can check. */
export async function expectAccessible(page: Page): Promise<void> {
  await settled(page);
  const { violations } = await new AxeBuilder({ page })
    // Nobody reads what passed, and there are no frames whose results a second page would have to join.
    .setLegacyMode()
    .options({ resultTypes: ['violations'], selectors: false })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
    .analyze();
  const told = violations.map(({ id, help, nodes }) => ({ id, help, where: nodes.map((node) => node.html) }));
  expect(told).toEqual([]);
}

/** Keeps a picture to look at: e2e/.out/shots/<name>-<project>.png */
export async function shoot(page: Page, name: string): Promise<void> {
  await settled(page);
  await page.screenshot({
    path: `${import.meta.dirname}/.out/shots/${name}-${test.info().project.name}.png`,
  });
}

/** Waits until nothing moves: a picture or a measurement of a fading element would be of no use. */
async function settled(page: Page): Promise<void> {
  await page.evaluate(() =>
    Promise.allSettled(
      document
        .getAnimations()
        .filter((animation) => animation.effect?.getTiming().iterations !== Number.POSITIVE_INFINITY)
        .map((animation) => animation.finished),
    ),
  );
}

export { expect };
