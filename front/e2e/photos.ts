/** Photos that the gallery made, and what people do to look at them. */
import type { Locator, Page } from '@playwright/test';
import { lendPhotos } from './library';
import { newcomer, type Person } from './people';
import { enterAs, expect, test } from './test';
import { noise } from './uploads';

/** Somebody with demo photos that are ready to be seen. */
export async function personWithPhotos(count: number): Promise<Person> {
  const person = await newcomer('Вера');
  await lendPhotos(person, count);
  return person;
}

export interface Skeleton {
  total: number;
  days: string[];
  counts: number[];
}

export interface Window {
  ids: string[];
  flags: number[];
}

/** Somebody with small square photos, four a month: they look the same before and after they are processed. */
export async function personWithSquares(count: number): Promise<Person> {
  const person = await newcomer('Вера');
  const space = { id: person.personalSpaceId, name: '', kind: 'personal' } as const;
  for (let at = 0; at < count; at++) {
    const day = new Date(Date.UTC(2024, 11 - Math.floor(at / 4), 28 - (at % 4) * 6));
    const name = `IMG_${day.toISOString().slice(0, 10).replaceAll('-', '')}_120000.png`;
    await person.upload(space, name, noise(24));
  }
  return person;
}

export function skeletonOf(person: Person, spaceId = person.personalSpaceId): Promise<Skeleton> {
  return person.call<Skeleton>('GET', `/api/timeline?space_id=${spaceId}`);
}

/** The newest photos of a space. */
export async function windowOf(person: Person, spaceId = person.personalSpaceId): Promise<Window> {
  const { days } = await skeletonOf(person, spaceId);
  return person.call<Window>('GET', `/api/timeline/window?space_id=${spaceId}&day=${days[0]}`);
}

export async function openTimeline(page: Page, person: Person, path = ''): Promise<void> {
  await enterAs(page, person);
  await page.goto(`/s/${person.personalSpaceId}${path}`);
  await tiles(page).first().waitFor();
}

export const tiles = (page: Page): Locator => page.locator('[data-index]');
export const tile = (page: Page, index: number): Locator => page.locator(`[data-index="${index}"]`);
export const viewer = (page: Page): Locator => page.locator('[role=dialog][aria-modal]');
export const scroller = (page: Page): Locator => page.getByTestId('timeline-scroller');
export const bar = (page: Page): Locator => page.getByRole('toolbar');
export const stage = (page: Page): Locator => page.getByTestId('stage');

/** An action of the bar, wherever there was room for it. */
export async function act(page: Page, name: string): Promise<void> {
  const button = bar(page).getByRole('button', { name, exact: true });
  if (await button.isVisible()) await button.click();
  else {
    await bar(page).locator('[aria-haspopup=menu]').click();
    await page.getByRole('menuitem', { name, exact: true }).click();
  }
}

/** A finger that rests on one photo and then moves to another. */
export async function longPress(page: Page, from: number, to: number): Promise<void> {
  const [first, last] = [await tile(page, from).boundingBox(), await tile(page, to).boundingBox()];
  if (!first || !last) throw new Error('The tiles have no place.');
  const session = await page.context().newCDPSession(page);
  const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', box = first) =>
    session.send('Input.dispatchTouchEvent', {
      type,
      touchPoints: type === 'touchEnd' ? [] : [{ x: box.x + box.width / 2, y: box.y + box.height / 2 }],
    });
  // A photo that changes under the finger (it was just processed, say) is let go, and a person presses again.
  const isHeard = () =>
    bar(page)
      .waitFor({ timeout: 2_000 })
      .then(
        () => true,
        () => false,
      );
  await touch('touchStart');
  while (!(await isHeard())) {
    await touch('touchEnd');
    await touch('touchStart');
  }
  for (let step = 1; from !== to && step <= 4; step++) {
    const part = step / 4;
    await touch('touchMove', {
      ...first,
      x: first.x + (last.x - first.x) * part,
      y: first.y + (last.y - first.y) * part,
    });
    await page.waitForTimeout(30);
  }
  await touch('touchEnd');
  await session.detach();
}

/** Waits until every tile on the screen shows its thumb. */
export async function thumbsShown(page: Page): Promise<void> {
  await page.waitForFunction(() => {
    const images = [...document.querySelectorAll<HTMLImageElement>('[data-index] img')];
    const seen = images.filter((image) => {
      const box = image.getBoundingClientRect();
      return box.bottom > 0 && box.top < innerHeight;
    });
    return (
      seen.length > 3 && seen.every((image) => image.dataset.loaded !== undefined && image.naturalWidth > 0)
    );
  });
}

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

/** Two fingers around a point that spread or close to so many times their distance. */
export function pinch(page: Page, { x, y }: Point, scale: number): Promise<void> {
  const [before, after] = [60, 60 * scale];
  return fingers(
    page,
    [
      { x: x - before, y },
      { x: x - after, y },
    ],
    [
      { x: x + before, y },
      { x: x + after, y },
    ],
  );
}

export const isPhone = () => test.info().project.name === 'phone';

export function personalSpace(person: Person) {
  return { id: person.personalSpaceId, name: '', kind: 'personal' } as const;
}

export async function idsOf(person: Person): Promise<string[]> {
  return (await windowOf(person)).ids;
}
