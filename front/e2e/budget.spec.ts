/** What a person on a bad network waits for: everything that travels before the first photo. */
import type { Request } from '@playwright/test';
import { newPerson } from './people';
import { enterAs, expect, test } from './test';
import { noise } from './uploads';

test.use({ serviceWorkers: 'allow' });

const MOST_REQUESTS = 10;
const MOST_SCRIPT_BYTES = 140_000;

test('the first photo comes after at most ten requests and 140 kB of JavaScript', async ({ page }) => {
  const { person, space } = await newPerson('Нетерпеливая');
  const id = await person.upload(space, 'first.png', noise(64));
  await expect
    .poll(async () => (await person.call<{ status: string }>('GET', `/api/assets/${id}`)).status)
    .toBe('ready');
  await enterAs(page, person);

  const before: Request[] = [];
  let arrived = false;
  const photo = new Promise<void>((resolve) => {
    page.on('request', (request) => {
      if (!arrived && !request.url().startsWith('blob:') && !request.url().startsWith('data:'))
        before.push(request);
    });
    page.on('requestfinished', (request) => {
      if (!request.url().includes('/media/')) return;
      arrived = true;
      resolve();
    });
  });
  await page.goto(`/s/${space.id}`);
  await photo;

  const paths = before
    .map((request) => new URL(request.url()).pathname)
    .filter((path) => path !== '/icon.svg');
  expect(paths.length, paths.join('\n')).toBeLessThanOrEqual(MOST_REQUESTS);
  const scripts = before.filter((request) => request.resourceType() === 'script');
  const sizes = await Promise.all(scripts.map(async (request) => (await request.sizes()).responseBodySize));
  const total = sizes.reduce((sum, size) => sum + size, 0);
  expect(total).toBeGreaterThan(50_000);
  expect(total).toBeLessThanOrEqual(MOST_SCRIPT_BYTES);
});
