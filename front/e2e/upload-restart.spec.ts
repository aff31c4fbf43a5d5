/** The gallery dies while a phone is sending. This file has a gallery of its own, for nobody else would like that. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, type Page, test } from '@playwright/test';
import { GALLERY_COMMAND } from './installation';
import { ONCE } from './test';
import { choose, Line, openList, panel, picture, tusRequests } from './uploads';

const ACCOUNT = { login: 'anna', password: 'a gallery of her own', name: 'Анна' };

class MortalGallery {
  readonly #data: string;
  readonly #port: number;
  #process: ChildProcess | null = null;
  #output = '';

  constructor(data: string, port: number) {
    this.#data = data;
    this.#port = port;
  }

  get origin(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  async start(): Promise<void> {
    const { DATABASE_URL: _, ...environment } = process.env;
    this.#process = spawn(GALLERY_COMMAND, ['serve'], {
      env: { ...environment, HOST: '127.0.0.1', PORT: String(this.#port), DATA_DIR: this.#data },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.#process.stdout, this.#process.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        this.#output += chunk.toString();
      });
    }
    await expect.poll(() => this.#answers(), { timeout: 60_000, message: this.#output }).toBe(true);
  }

  kill(): Promise<void> {
    return this.#end('SIGKILL');
  }

  stop(): Promise<void> {
    return this.#end('SIGTERM');
  }

  async setupToken(): Promise<string> {
    await expect.poll(() => this.#output, { timeout: 60_000 }).toMatch(/\/setup#token=/);
    return /\/setup#token=([\w-]+)/.exec(this.#output)?.[1] ?? '';
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    if (!this.#process || this.#process.exitCode !== null) return;
    const gone = once(this.#process, 'exit');
    this.#process.kill(signal);
    await gone;
  }

  async #answers(): Promise<boolean> {
    try {
      return (await fetch(`${this.origin}/health`)).ok;
    } catch {
      return false;
    }
  }
}

let data: string;
let gallery: MortalGallery;

test.beforeAll(async () => {
  test.setTimeout(120_000);
  data = await mkdtemp(join(tmpdir(), 'gallery-mortal-'));
  gallery = new MortalGallery(data, await freePort());
  await gallery.start();
});

test.afterAll(async () => {
  await gallery.stop();
  await rm(data, { recursive: true, force: true, maxRetries: 3 });
});

test('a gallery that dies and comes back gets every photo', ONCE, async ({ page }) => {
  test.setTimeout(120_000);
  const spaceId = await signUp(page);
  await page.goto(`${gallery.origin}/s/${spaceId}`);
  const line = await Line.of(page);
  await line.slow(1_500_000);
  await choose(page, [
    picture('large.png', 2000),
    picture('b.png', 300),
    picture('c.png', 300),
    picture('d.png'),
  ]);
  await expect((await openList(page)).getByText(/из 12 МБ/)).toBeVisible();

  await gallery.kill();
  await expect(panel(page).getByText('Галерея не отвечает').first()).toBeVisible();
  await expect(panel(page).getByText(/Попробуем снова через/)).toBeVisible();
  const requests = tusRequests(page);
  await line.fast();
  await gallery.start();

  await expect(panel(page).getByText('Загружено 4 файла').first()).toBeVisible({ timeout: 60_000 });
  expect(requests).toContain('HEAD');
  const { total } = await timeline(page, spaceId);
  expect(total).toBe(4);
});

/** Makes the operator's account, in the browser's own session; the id of their space. */
async function signUp(page: Page): Promise<string> {
  const response = await page.request.post(`${gallery.origin}/api/auth/setup`, {
    data: { token: await gallery.setupToken(), ...ACCOUNT },
  });
  expect(response.status()).toBe(200);
  return ((await response.json()) as { user: { personal_space_id: string } }).user.personal_space_id;
}

async function timeline(page: Page, spaceId: string): Promise<{ total: number }> {
  const signedIn = await page.request.post(`${gallery.origin}/api/auth/password`, {
    data: { login: ACCOUNT.login, password: ACCOUNT.password },
  });
  const { access_token: token } = (await signedIn.json()) as { access_token: string };
  const response = await page.request.get(`${gallery.origin}/api/timeline?space_id=${spaceId}`, {
    headers: { Authorization: `Bearer ${token}` },
  });
  return (await response.json()) as { total: number };
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  return typeof address === 'object' && address ? address.port : 0;
}
