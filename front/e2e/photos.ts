/** Photos that the gallery made, and what people do to look at them. */
import type { Locator, Page } from '@playwright/test';
import { gallery } from './installation';
import { newcomer, type Person } from './people';
import { enterAs, expect, test } from './test';

export async function personWithPhotos(count: number): Promise<Person> {
  const person = await newcomer('Вера');
  await gallery('demo', '--login', person.account.login, '--count', String(count));
  await expect.poll(() => unfinished(person), { timeout: 90_000 }).toBe(0);
  return person;
}

export interface Skeleton {
  total: number;
  days: string[];
  counts: number[];
}

/** How many photos are still without pictures. */
async function unfinished(person: Person): Promise<number> {
  const query = `space_id=${person.personalSpaceId}`;
  const { days, total } = await person.call<Skeleton>('GET', `/api/timeline?${query}`);
  if (total === 0) return 1;
  const window = await person.call<{ flags: number[] }>(
    'GET',
    `/api/timeline/window?${query}&day=${days[0]}`,
  );
  return window.flags.filter((flags) => flags & 4).length;
}

export async function openTimeline(page: Page, person: Person, path = ''): Promise<void> {
  await enterAs(page, person);
  await page.goto(`/s/${person.personalSpaceId}${path}`);
  await tiles(page).first().waitFor();
}

export const tiles = (page: Page): Locator => page.locator('[data-index]');
export const tile = (page: Page, index: number): Locator => page.locator(`[data-index="${index}"]`);
export const viewer = (page: Page): Locator => page.locator('[role=dialog][aria-modal]');
export const stage = (page: Page): Locator => page.getByTestId('stage');

export async function open(page: Page, index: number): Promise<void> {
  await tile(page, index).locator('a').click();
  await expect(viewer(page)).toBeVisible();
  await previewShown(page);
}

export async function previewShown(page: Page): Promise<void> {
  await expect
    .poll(() =>
      stage(page)
        .locator('[aria-hidden=false] img')
        .nth(1)
        .evaluate((image: HTMLImageElement) => image.naturalWidth),
    )
    .toBeGreaterThan(600);
}

export function idIn(page: Page): string | null {
  return new URL(page.url()).searchParams.get('photo');
}

export interface Point {
  x: number;
  y: number;
}

/** Fingers that touch, move in steps and leave. */
export async function fingers(page: Page, ...ways: [from: Point, to: Point][]): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const send = (type: 'touchStart' | 'touchMove' | 'touchEnd', part: number) =>
    session.send('Input.dispatchTouchEvent', {
      type,
      touchPoints:
        type === 'touchEnd'
          ? []
          : ways.map(([from, to], id) => ({
              id,
              x: from.x + (to.x - from.x) * part,
              y: from.y + (to.y - from.y) * part,
            })),
    });
  await send('touchStart', 0);
  for (let step = 1; step <= 8; step++) {
    await send('touchMove', step / 8);
    await page.waitForTimeout(16);
  }
  await send('touchEnd', 1);
  await session.detach();
}

export const isPhone = () => test.info().project.name === 'phone';

export function personalSpace(person: Person) {
  return { id: person.personalSpaceId, name: '', kind: 'personal' } as const;
}

export async function skeleton(person: Person): Promise<Skeleton> {
  return person.call<Skeleton>('GET', `/api/timeline?space_id=${person.personalSpaceId}`);
}

export async function idsOf(person: Person): Promise<string[]> {
  const { days } = await skeleton(person);
  const query = `space_id=${person.personalSpaceId}&day=${days[0]}`;
  return (await person.call<{ ids: string[] }>('GET', `/api/timeline/window?${query}`)).ids;
}
