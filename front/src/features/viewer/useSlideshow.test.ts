import { act, renderHook } from '@testing-library/react';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { useSlideshow } from './useSlideshow';

beforeEach(() => {
  vi.useFakeTimers();
  localStorage.clear();
});
afterEach(() => {
  vi.useRealTimers();
  setSight('visible');
});

function setSight(state: DocumentVisibilityState): void {
  Object.defineProperty(document, 'visibilityState', { value: state, configurable: true });
  document.dispatchEvent(new Event('visibilitychange'));
}

/** A slideshow of the pictures 0, 1, 2, … of which all but `slow` are there at once. */
function show({ slow = -1, last = Number.POSITIVE_INFINITY } = {}) {
  let at = 0;
  const props = () => ({
    id: String(at),
    isReady: at !== slow,
    video: null,
    advance: () => {
      if (at >= last) return false;
      at++;
      return true;
    },
  });
  const { result, rerender } = renderHook((given: ReturnType<typeof props>) => useSlideshow(given), {
    initialProps: props(),
  });
  const pass = (seconds: number) => {
    for (let tick = 0; tick < seconds * 10; tick++) {
      act(() => vi.advanceTimersByTime(100));
      rerender(props());
    }
    return at;
  };
  return {
    result,
    pass,
    ready: () => {
      slow = -1;
      rerender(props());
    },
  };
}

test('each picture has its time, and the chosen one', () => {
  const { result, pass } = show();
  expect(pass(20)).toBe(0);
  act(() => result.current.start());
  expect(pass(11)).toBe(2);
  act(() => result.current.setInterval('3'));
  expect(pass(9)).toBe(5);
});

test('it pauses, goes on and stops', () => {
  const { result, pass } = show();
  act(() => result.current.start());
  act(() => result.current.pause());
  expect(pass(20)).toBe(0);
  act(() => result.current.goOn());
  expect(pass(5.1)).toBe(1);
  act(() => result.current.stop());
  expect(pass(20)).toBe(1);
  act(() => result.current.goOn());
  expect(result.current.state).toBe('off');
});

test('nobody looks: nothing moves', () => {
  const { result, pass } = show();
  act(() => result.current.start());
  act(() => setSight('hidden'));
  expect(pass(30)).toBe(0);
  act(() => setSight('visible'));
  expect(pass(5.1)).toBe(1);
});

test('a picture that is not there yet is waited for', () => {
  const { result, pass, ready } = show({ slow: 1 });
  act(() => result.current.start());
  expect(pass(30)).toBe(1);
  ready();
  expect(pass(5.1)).toBe(2);
});

test('alone, it ends', () => {
  const { result, pass } = show({ last: 0 });
  act(() => result.current.start());
  pass(6);
  expect(result.current.state).toBe('off');
});
