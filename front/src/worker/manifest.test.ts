// @vitest-environment node
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { wayOf } from './routing';

interface Manifest {
  id: string;
  lang: string;
  name: string;
  start_url: string;
  icons: { src: string; sizes: string; purpose: string }[];
  shortcuts: { name: string; url: string }[];
  share_target: { action: string; params: { files: { name: string; accept: string[] }[] } };
}

function read(file: string): Manifest {
  return JSON.parse(readFileSync(new URL(`../../public/${file}`, import.meta.url), 'utf8')) as Manifest;
}

const WORDS = ['lang', 'short_name', 'description', 'shortcuts'];

it('the manifests are one application in two languages', () => {
  const rest = (manifest: Manifest) =>
    Object.fromEntries(Object.entries(manifest).filter(([name]) => !WORDS.includes(name)));
  const [ru, en] = [read('manifest.webmanifest'), read('manifest.en.webmanifest')];
  expect(rest(ru)).toEqual(rest(en));
  expect([ru.lang, en.lang]).toEqual(['ru', 'en']);
  expect(ru.shortcuts.map(({ url }) => url)).toEqual(en.shortcuts.map(({ url }) => url));
  expect(ru.shortcuts.map(({ name }) => name)).not.toEqual(en.shortcuts.map(({ name }) => name));
});

it('the manifest’s addresses are pages that start without a network', () => {
  const { start_url: start, shortcuts, share_target: target, icons } = read('manifest.webmanifest');
  const way = (path: string, method = 'GET') =>
    wayOf(
      { method, mode: 'navigate', url: `https://gallery.test${path}`, headers: new Headers() },
      'https://gallery.test',
    );
  for (const path of [start, ...shortcuts.map(({ url }) => url)]) expect(way(path)).toBe('page');
  expect(way(target.action, 'POST')).toBe('share');
  expect(icons.map(({ sizes, purpose }) => `${sizes} ${purpose}`)).toEqual(
    expect.arrayContaining(['192x192 any', '512x512 any', '512x512 maskable']),
  );
  expect(target.params.files[0]?.accept).toEqual(
    expect.arrayContaining(['image/*', 'video/*', '.heic', '.dng', '.cr3', '.nef', '.arw']),
  );
});
