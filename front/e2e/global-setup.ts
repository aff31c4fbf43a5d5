import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BOT_TOKEN, GALLERY_COMMAND, type Installation, OPERATOR, publish } from './installation';
import { fillLibrary } from './library';

const START_MS = 120_000;
const STOP_MS = 20_000;

/** Starts a gallery on an empty data folder, makes the operator's account, and stops it all at the end. */
export default async function setUp(): Promise<() => Promise<void>> {
  const built = fileURLToPath(new URL('../dist/index.html', import.meta.url));
  if (!existsSync(built)) throw new Error('The front end is not built: npm run build');
  const data = await mkdtemp(join(tmpdir(), 'gallery-e2e-'));
  const port = Number(process.env.E2E_PORT) || (await freePort());
  const origin = `http://127.0.0.1:${port}`;
  const environment = { HOST: '127.0.0.1', PORT: String(port), DATA_DIR: data, BOT_TOKEN };
  const { server, token } = await start(environment, data);
  try {
    await makeOperator(origin, token);
    publish({ origin, environment } satisfies Installation);
  } catch (error) {
    await stop(server, data);
    throw error;
  }
  // Meanwhile the tests that need none of its photos may begin.
  const ending = new AbortController();
  const filled = fillLibrary(ending.signal).catch((error) => {
    if (!ending.signal.aborted) console.error('The library could not be filled:', error);
  });
  return async () => {
    ending.abort();
    await filled;
    await stop(server, data);
  };
}

/** Runs the gallery and waits for its one-time link. */
function start(
  environment: Record<string, string>,
  data: string,
): Promise<{ server: ChildProcess; token: string }> {
  const server = spawn(GALLERY_COMMAND, ['serve'], {
    cwd: data,
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  return new Promise((resolve, reject) => {
    const giveUp = (why: string) => {
      server.kill('SIGTERM');
      reject(new Error(`The gallery did not start (${why}):\n${output}`));
    };
    const timer = setTimeout(() => giveUp('too slow'), START_MS);
    const read = (chunk: Buffer) => {
      output += chunk.toString();
      const token = /\/setup#token=([\w-]+)/.exec(output)?.[1];
      if (!token) return;
      clearTimeout(timer);
      resolve({ server, token });
    };
    server.stdout?.on('data', read);
    server.stderr?.on('data', read);
    server.once('error', (error) => giveUp(error.message));
    server.once('exit', (code) => {
      clearTimeout(timer);
      giveUp(`exit code ${code}`);
    });
  });
}

async function makeOperator(origin: string, token: string): Promise<void> {
  const response = await fetch(`${origin}/api/auth/setup`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ token, ...OPERATOR }),
  });
  if (!response.ok) throw new Error(`No operator: ${response.status} ${await response.text()}`);
}

async function stop(server: ChildProcess, data: string): Promise<void> {
  if (server.exitCode === null) {
    const gone = new Promise((resolve) => server.once('exit', resolve));
    server.kill('SIGTERM');
    const timer = setTimeout(() => server.kill('SIGKILL'), STOP_MS);
    await gone;
    clearTimeout(timer);
  }
  await rm(data, { recursive: true, force: true, maxRetries: 3 });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => (address && typeof address === 'object' ? resolve(address.port) : reject()));
    });
  });
}
