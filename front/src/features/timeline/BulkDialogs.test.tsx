import { fireEvent, render, screen, waitFor } from '@testing-library/react';
import { beforeEach, expect, it, vi } from 'vitest';
import { Problem } from '@/api/problem';
import { Selection } from '@/gallery/selection';
import { assetFacts } from '@/gallery/testing';
import type { BulkActions } from './actions';
import BulkDialogs from './BulkDialogs';

const ASSETS = ['a', 'b', 'c'].map((id) => assetFacts({ id }));

beforeEach(() => {
  sessionStorage.clear();
  HTMLDialogElement.prototype.showModal = function () {
    this.open = true;
  };
  HTMLDialogElement.prototype.close = function () {
    this.open = false;
  };
});

function open(place: BulkActions['place']) {
  const selection = new Selection();
  selection.add(ASSETS);
  const onClose = vi.fn();
  const actions = { place } as BulkActions;
  const asking = { what: 'place', assets: ASSETS } as const;
  const { unmount } = render(<BulkDialogs {...{ asking, selection, actions, onClose }} targets={[]} />);
  return { selection, onClose, unmount, field: () => screen.getByRole<HTMLInputElement>('textbox') };
}

function save(): void {
  fireEvent.submit(screen.getByRole('textbox').closest('form') as HTMLFormElement);
}

it('stays with what was typed when the server refuses, for those that are left, and closes when it agrees', async () => {
  const place = vi.fn<BulkActions['place']>(async (assets) => {
    if (assets.length < 3) return;
    selection.remove(['a']);
    throw new Problem(409, 'busy', 'Занято.', {}, null);
  });
  const { selection, onClose, field } = open(place);
  fireEvent.change(field(), { target: { value: '55.7539, 37.6208' } });
  save();
  expect((await screen.findByRole('alert')).textContent).toContain('Занято.');
  expect(field().value).toBe('55.7539, 37.6208');
  expect(onClose).not.toHaveBeenCalled();
  save();
  await waitFor(() => expect(onClose).toHaveBeenCalledOnce());
  expect(place.mock.lastCall?.[0].map(({ id }) => id)).toEqual(['b', 'c']);
  expect(sessionStorage.length).toBe(0);
});

it('keeps what was typed until it opens again, and not when that was given up', () => {
  const first = open(vi.fn());
  fireEvent.change(first.field(), { target: { value: '55' } });
  first.unmount();
  const second = open(vi.fn());
  expect(second.field().value).toBe('55');
  fireEvent.click(screen.getByRole('button', { name: 'cancel' }));
  second.unmount();
  expect(open(vi.fn()).field().value).toBe('');
});
