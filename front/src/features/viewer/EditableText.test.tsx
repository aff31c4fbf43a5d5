import { fireEvent, render, screen } from '@testing-library/react';
import { beforeEach, expect, it, vi } from 'vitest';
import { Offline } from '@/api/problem';
import { readDraft } from '@/shared/lib/drafts';
import { EditableText } from './EditableText';

beforeEach(() => sessionStorage.clear());

function open(onSave: (value: string) => Promise<void>): HTMLInputElement {
  render(<EditableText label="l" hint="" value="before" draftKey="k" canEdit onSave={onSave} />);
  return screen.getByLabelText('l');
}

function type(field: HTMLInputElement, value: string): void {
  fireEvent.change(field, { target: { value } });
}

it('what is typed while a save is on its way stays, and is saved after it', async () => {
  let arrive: () => void = () => undefined;
  const save = vi.fn(() => new Promise<void>((resolve) => (arrive = resolve)));
  const field = open(save);
  type(field, 'one');
  fireEvent.blur(field);
  type(field, 'one and more');
  arrive();
  await Promise.resolve();
  await vi.waitFor(() => expect(field.value).toBe('one and more'));
  expect(readDraft('k')).toEqual({ text: 'one and more' });
  fireEvent.blur(field);
  expect(save).toHaveBeenLastCalledWith('one and more');
  arrive();
  await vi.waitFor(() => expect(readDraft('k')).toEqual({}));
});

it('what could not be saved stays, and why is said beside it', async () => {
  const field = open(() => Promise.reject(new Offline()));
  type(field, 'two');
  fireEvent.blur(field);
  expect((await screen.findByRole('status')).textContent).toContain('info.unsaved');
  expect((await screen.findByRole('status')).textContent).toContain('error.offline');
  expect(field.value).toBe('two');
});
