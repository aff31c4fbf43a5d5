import { afterEach, expect, test, vi } from 'vitest';
import { type Commands, obey } from './commands';

const asked: string[] = [];
const commands = new Proxy({} as Commands, {
  get:
    (_, name) =>
    (...given: unknown[]) =>
      asked.push([String(name), ...given].join(' ')),
});

afterEach(() => {
  asked.length = 0;
  document.body.replaceChildren();
});

/** A key pressed on an element; what was asked for, or nothing. */
function press(code: string, html = '<div></div>', more: KeyboardEventInit = {}): string | undefined {
  document.body.innerHTML = html;
  const event = new KeyboardEvent('keydown', { code, bubbles: true, ...more });
  const obeyed = vi.fn();
  document.addEventListener('keydown', (heard) => obeyed(obey(heard, commands)), { once: true });
  document.body.querySelector('div, button, input, textarea')?.dispatchEvent(event);
  expect(obeyed).toHaveBeenCalledWith(asked.length > 0);
  return asked[0];
}

test.each([
  ['ArrowRight', {}, 'step 1'],
  ['ArrowRight', { shiftKey: true }, 'seek 5'],
  ['KeyR', {}, 'rotate 1'],
  ['KeyR', { shiftKey: true }, 'rotate -1'],
  ['KeyF', {}, 'fullScreen'],
  ['Space', {}, 'play'],
  ['Slash', { key: '?', shiftKey: true }, 'help'],
  ['KeyR', { ctrlKey: true }, undefined],
  ['KeyQ', {}, undefined],
] as const)('%s %j', (code, more, expected) => {
  expect(press(code, '<div></div>', more)).toBe(expected);
});

test.each([
  ['a slider keeps its arrows', 'ArrowRight', '<input type="range">', undefined],
  ['and leaves the rest', 'Space', '<input type="range">', 'play'],
  ['a field keeps all', 'KeyR', '<textarea></textarea>', undefined],
  ['a button keeps its Space', 'Space', '<button></button>', undefined],
  ['and leaves the rest', 'ArrowLeft', '<button></button>', 'step -1'],
])('%s', (_, code, html, expected) => {
  expect(press(code, html)).toBe(expected);
});
