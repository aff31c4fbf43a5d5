/** The page of primitives that developers look at: accessible in every look, and no part of what is built for people. */
import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { test as base, expect } from '@playwright/test';
import { build, preview } from 'vite';
import { expectAccessible, shoot } from './test';

const root = fileURLToPath(new URL('..', import.meta.url));
const common = { root, configFile: `${root}vite.config.ts`, logLevel: 'error' } as const;

const test = base.extend<object, { primitives: string }>({
  primitives: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of the fixtures from this pattern
    async ({}, use, { workerIndex }) => {
      // A folder each: who builds empties it first.
      const outDir = `${root}e2e/.out/ui-${workerIndex}`;
      const input = `${root}dev/ui/index.html`;
      await build({ ...common, build: { outDir, emptyOutDir: true, rolldownOptions: { input } } });
      const server = await preview({ ...common, build: { outDir }, preview: { port: 0, host: '127.0.0.1' } });
      await use(`${server.resolvedUrls?.local[0]}dev/ui/`);
      await server.close();
    },
    { scope: 'worker', timeout: 180_000 },
  ],
});

/** Six examinations of a page that has everything take their time on a busy machine. */
test.describe.configure({ timeout: 180_000 });

const SIZES = { desktop: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } };

for (const colorScheme of ['light', 'dark'] as const) {
  for (const [size, viewport] of Object.entries(SIZES)) {
    test.describe(() => {
      test.use({ colorScheme, viewport });

      test(`every primitive in every state, ${size}, ${colorScheme}`, async ({ page, primitives }) => {
        await page.goto(primitives);
        await page.getByRole('button', { name: 'success' }).click();
        await page.getByRole('button', { name: 'with a way back' }).click();
        await expectAccessible(page);
        const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
        expect(overflow).toBeLessThanOrEqual(0);
        const path = `${import.meta.dirname}/.out/shots/ui-${colorScheme}-${size}.png`;
        await page.screenshot({ path, fullPage: true });
        for (const name of ['Dialog', 'Sheet', 'Question']) {
          await page.getByRole('button', { name, exact: true }).click();
          await page.getByRole('dialog').waitFor();
          await shoot(page, `ui-${name.toLowerCase()}-${colorScheme}-${size}`);
          await expectAccessible(page);
          await page.keyboard.press('Escape');
          await expect(page.getByRole('dialog')).toBeHidden();
          await expect(page.getByRole('button', { name, exact: true })).toBeFocused();
        }
        await page.getByRole('button', { name: 'Menu', exact: true }).click();
        await expect(page.getByRole('menuitem', { name: 'Скачать' })).toBeFocused();
        await expectAccessible(page);
      });
    });
  }
}

test('what is built for people knows nothing of it', async () => {
  const files = await readdir(`${root}dist`, { recursive: true });
  expect(files.length).toBeGreaterThan(10);
  for (const file of files.filter((name) => /\.(js|html|css)$/.test(name))) {
    expect(await readFile(`${root}dist/${file}`, 'utf8'), file).not.toMatch(
      /Every primitive in every state|ui-swatch/,
    );
  }
});
