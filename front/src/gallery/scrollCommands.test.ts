import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ScrollCommands } from './scrollCommands';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const commands = new ScrollCommands();
const scroller = document.createElement('div');

test('what can wait comes with the next frame, the last command alone', () => {
  scroller.scrollTop = 0;
  commands.obey(scroller, { top: 100, canWait: true });
  commands.obey(scroller, { top: 200, canWait: true });
  expect(scroller.scrollTop).toBe(0);
  vi.advanceTimersToNextFrame();
  expect(scroller.scrollTop).toBe(200);
});

test('what cannot wait comes at once, and nothing older after it', () => {
  commands.obey(scroller, { top: 300, canWait: true });
  commands.obey(scroller, { top: 400, canWait: false });
  expect(scroller.scrollTop).toBe(400);
  scroller.scrollTop = 450;
  vi.advanceTimersToNextFrame();
  expect(scroller.scrollTop).toBe(450);
});

test('whoever asks before the frame finds it done', () => {
  commands.obey(scroller, { top: 500, canWait: true });
  commands.catchUp(scroller);
  expect(scroller.scrollTop).toBe(500);
});
