/** Files to upload, and what people do with them. */
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32, deflateSync } from 'node:zlib';
import type { CDPSession, Locator, Page } from '@playwright/test';
import type { Person, Space } from './people';

/** A PNG of noise, which no other equals and nothing compresses: about 3 * side * side bytes. */
export function noise(side: number): Buffer<ArrayBuffer> {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(side, 0);
  header.writeUInt32BE(side, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const rows = randomBytes(side * (1 + 3 * side));
  for (let row = 0; row < side; row++) rows[row * (1 + 3 * side)] = 0;
  return Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(rows, { level: 0 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(data.length, 0);
  frame.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
}

export interface Picked {
  name: string;
  mimeType: string;
  buffer: Buffer<ArrayBuffer>;
}

export function picture(name: string, side = 64): Picked {
  return { name, mimeType: 'image/png', buffer: noise(side) };
}

/** Writes a folder of pictures and folders to drop. */
export async function writeTree(root: string, paths: string[]): Promise<Map<string, Buffer<ArrayBuffer>>> {
  const written = new Map<string, Buffer<ArrayBuffer>>();
  for (const path of paths) {
    const bytes = noise(32);
    await mkdir(join(root, path, '..'), { recursive: true });
    await writeFile(join(root, path), bytes);
    written.set(path, bytes);
  }
  return written;
}

/** Presses the upload button and chooses these files. */
export async function choose(page: Page, files: Picked[], button = 'Загрузить'): Promise<void> {
  const asked = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: button, exact: true }).first().click();
  await (await asked).setFiles(files);
}

/** What the queue shows: the corner panel, or on a phone its bar with the sheet opened. */
export function panel(page: Page): Locator {
  return page.getByRole('region', { name: 'Загрузка файлов' });
}

/** Makes the list of files visible, wherever it is. */
export async function openList(page: Page): Promise<Locator> {
  await panel(page).waitFor();
  const collapsed = panel(page).getByRole('button', { name: 'Показать список' });
  if (await collapsed.isVisible()) await collapsed.click();
  const sheet = page.getByRole('dialog', { name: 'Загрузка файлов' });
  return (await sheet.isVisible()) ? sheet : panel(page);
}

/** Whether the space keeps exactly these bytes. */
export async function keeps(person: Person, space: Space, bytes: Buffer): Promise<boolean> {
  const checksum = createHash('sha256').update(bytes).digest('hex');
  const { items } = await person.call<{ items: { state: string }[] }>('POST', '/api/assets/check', {
    space_id: space.id,
    checksums: [checksum],
  });
  return items[0]?.state === 'present';
}

/**
 * The page's line to the gallery. (Playwright's own `setOffline` knows no speeds, and Chromium obeys only one of the
 * two who give orders.)
 */
export class Line {
  readonly #session: CDPSession;

  private constructor(session: CDPSession) {
    this.#session = session;
  }

  static async of(page: Page): Promise<Line> {
    const session = await page.context().newCDPSession(page);
    await session.send('Network.enable');
    return new Line(session);
  }

  /** So many bytes a second towards the gallery. */
  slow(bytesPerSecond: number): Promise<unknown> {
    return this.#emulate({ offline: false, uploadThroughput: bytesPerSecond });
  }

  fast(): Promise<unknown> {
    return this.#emulate({ offline: false, uploadThroughput: -1 });
  }

  cut(): Promise<unknown> {
    return this.#emulate({ offline: true, uploadThroughput: -1 });
  }

  #emulate(conditions: { offline: boolean; uploadThroughput: number }): Promise<unknown> {
    return this.#session.send('Network.emulateNetworkConditions', {
      latency: 0,
      downloadThroughput: -1,
      ...conditions,
    });
  }
}

/** The methods of all tus requests that the page makes from now on. */
export function tusRequests(page: Page): string[] {
  const methods: string[] = [];
  page.on('request', (request) => {
    if (new URL(request.url()).pathname.startsWith('/api/uploads')) methods.push(request.method());
  });
  return methods;
}
