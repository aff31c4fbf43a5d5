/** The gallery that the tests of this run share. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

export interface Installation {
  origin: string;
  environment: Record<string, string>;
}

export const GALLERY_COMMAND =
  process.env.GALLERY ?? fileURLToPath(new URL('../../.venv/bin/gallery', import.meta.url));

export const OPERATOR = { login: 'operator', password: 'operator of the tests', name: 'Ольга Операторова' };

/** Signs launch data of MAX in these tests; no bot has it. */
export const BOT_TOKEN = 'e2e-bot-token-of-nobody';

const VARIABLE = 'GALLERY_E2E_INSTALLATION';

/** Tells the worker processes, which inherit the environment. */
export function publish(installation: Installation): void {
  process.env[VARIABLE] = JSON.stringify(installation);
}

export function installation(): Installation {
  const published = process.env[VARIABLE];
  if (!published) throw new Error('global-setup.ts has not run');
  return JSON.parse(published) as Installation;
}

/** Runs one of the operator's commands beside the running gallery and returns what it prints. */
export async function gallery(args: string[], signal?: AbortSignal): Promise<string> {
  const { environment } = installation();
  const { stdout } = await promisify(execFile)(GALLERY_COMMAND, args, {
    env: { ...process.env, ...environment },
    ...(signal ? { signal } : {}),
  });
  return stdout;
}
