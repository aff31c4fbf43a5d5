import { beforeEach, expect, it, vi } from 'vitest';

const INIT_DATA = 'auth_date=1&user=%7B%22id%22%3A1%7D&hash=ab';
const FRAGMENT = `#WebAppData=${encodeURIComponent(INIT_DATA)}&WebAppPlatform=web&WebAppVersion=26.2.8`;

async function freshPage(fragment: string) {
  vi.resetModules();
  history.replaceState(null, '', `/s/1${fragment}`);
  const max = await import('./max');
  max.startMax();
  return max;
}

beforeEach(() => {
  sessionStorage.clear();
  document.head.replaceChildren();
});

it('outside MAX nothing happens and no script is asked for', async () => {
  const max = await freshPage('');
  expect(max.launchData()).toBeNull();
  expect(max.freshlyLaunched()).toBe(false);
  expect(document.querySelector('script')).toBeNull();
});

it('a launch gives its data exactly as MAX signed it, and leaves the address bar', async () => {
  const max = await freshPage(FRAGMENT);
  expect(max.launchData()).toBe(INIT_DATA);
  expect(max.freshlyLaunched()).toBe(true);
  expect(location.hash).toBe('');
  expect(location.pathname).toBe('/s/1');
  expect(document.querySelector('script')?.src).toBe('https://st.max.ru/js/max-web-app.js');
});

it('after a reload the data is there, and an earlier sign-in comes first', async () => {
  await freshPage(FRAGMENT);
  const max = await freshPage('');
  expect(max.launchData()).toBe(INIT_DATA);
  expect(max.freshlyLaunched()).toBe(false);
});

it.each([
  ['ru', 'ru'],
  ['en-US', 'en'],
  ['de', null],
  [null, null],
])('tells the language that is chosen in MAX: %s is %s here', async (code, language) => {
  const user = encodeURIComponent(JSON.stringify({ id: 1, language_code: code }));
  const max = await freshPage(`#WebAppData=${encodeURIComponent(`auth_date=1&user=${user}&hash=ab`)}`);
  expect(max.launchLanguage()).toBe(language);
});

it('an odd launch tells no language', async () => {
  const max = await freshPage(`#WebAppData=${encodeURIComponent('user=%7B&hash=ab')}`);
  expect(max.launchLanguage()).toBeNull();
});

it('refused data is not offered again on this page', async () => {
  const max = await freshPage(FRAGMENT);
  max.settleLaunch('refused');
  expect(max.launchData()).toBeNull();
  expect(max.freshlyLaunched()).toBe(false);
});
