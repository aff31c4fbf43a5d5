import { act, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Toasts, toast } from '.';
import { Dialog } from './more';

const nothing = () => undefined;

beforeEach(() => {
  vi.useFakeTimers();
  HTMLDialogElement.prototype.showModal = nothing;
  HTMLDialogElement.prototype.close = nothing;
});

afterEach(() => {
  act(() => vi.advanceTimersByTime(60_000));
  vi.useRealTimers();
});

function say(text: string, hasAction = false): void {
  act(
    () =>
      void toast({ text, ...(hasAction ? { action: { label: `undo ${text}`, onAction: nothing } } : {}) }),
  );
}

it('appears within the topmost modal, and moves with its time when that closes', () => {
  const dialogs = (names: string[]) => (
    <>
      <Toasts />
      {names.map((name) => (
        <Dialog key={name} open title={name} onClose={nothing} />
      ))}
    </>
  );
  const { rerender } = render(dialogs(['one', 'two']));
  say('done');
  const place = () => screen.getByText('done').closest('dialog')?.querySelector('h2')?.textContent;
  expect(place()).toBe('two');
  act(() => vi.advanceTimersByTime(3_000));
  rerender(dialogs(['one']));
  expect(place()).toBe('one');
  rerender(dialogs([]));
  expect(place()).toBeUndefined();
  act(() => vi.advanceTimersByTime(1_001));
  expect(screen.queryByText('done')).toBeNull();
});

it('stays while the keyboard is in it, and gives it back', () => {
  render(
    <>
      <Toasts />
      <button type="button">page</button>
    </>,
  );
  say('gone', true);
  const button = screen.getByRole('button', { name: 'undo gone' });
  const page = screen.getByRole('button', { name: 'page' });
  page.focus();
  act(() => button.focus());
  act(() => vi.advanceTimersByTime(20_000));
  expect(screen.getByText('gone')).toBeTruthy();
  act(() => fireEvent.click(button));
  expect(screen.queryByText('gone')).toBeNull();
  expect(document.activeElement).toBe(page);
  say('gone too');
  screen.getByRole('button', { name: 'close' }).focus();
  act(() => vi.advanceTimersByTime(20_000));
  page.focus();
  act(() => vi.advanceTimersByTime(2_001));
  expect(screen.queryByText('gone too')).toBeNull();
});

it('makes room for others before one that offers something does', () => {
  render(<Toasts />);
  say('trash', true);
  for (const text of ['a', 'b', 'c', 'd']) say(text);
  expect(['trash', 'a', 'b', 'c', 'd'].filter((text) => screen.queryByText(text))).toEqual([
    'trash',
    'c',
    'd',
  ]);
  fireEvent.click(screen.getByRole('button', { name: 'undo trash' }));
  expect(screen.queryByText('trash')).toBeNull();
});
