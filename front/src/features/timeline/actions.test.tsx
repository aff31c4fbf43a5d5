import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { act, fireEvent, render, renderHook, screen } from '@testing-library/react';
import { expect, it, vi } from 'vitest';
import { beginSession } from '@/api/session';
import type { Tokens } from '@/api/types';
import { GridModel } from '@/gallery/gridModel';
import { Selection } from '@/gallery/selection';
import type { AssetFacts } from '@/gallery/source';
import { assetFacts, dayBack, FakeLibrary } from '@/gallery/testing';
import { Toasts } from '@/shared/ui';
import { useAssetActions } from './actions';

/** A server that does one batch and no second one; remembers what it was asked. */
function halfwayServer() {
  const asked: { path: string; body: Record<string, string[]> }[] = [];
  vi.stubGlobal('fetch', async (request: Request) => {
    const path = new URL(request.url).pathname;
    const before = asked.filter((each) => each.path === path).length;
    asked.push({ path, body: await request.json() });
    if (before > 0 && !path.endsWith('/undo')) {
      return Response.json({ code: 'conflict', title: 'Занято.' }, { status: 409 });
    }
    return Response.json({ changed: 1000, undo: ['activity'] });
  });
  return asked;
}

async function open(editsAll = true) {
  beginSession({
    access_token: 't',
    expires_in: 600,
    user: { id: 'u', name: 'Анна', locale: 'ru' },
    refresh_token: null,
  } as Tokens);
  const library = new FakeLibrary([[dayBack(0), 1500]]);
  const model = new GridModel(library);
  model.setSkeleton(library.skeleton());
  const selection = new Selection();
  selection.add(library.assets);
  render(<Toasts />);
  const queries = new QueryClient();
  const { result } = renderHook(() => useAssetActions(model, selection, 's', 'all', editsAll), {
    wrapper: ({ children }) => <QueryClientProvider client={queries}>{children}</QueryClientProvider>,
  });
  return { actions: result.current, assets: library.assets, model, selection, queries };
}

it('many are edited halfway: what is done is told and can be undone, the rest stays chosen', async () => {
  const asked = halfwayServer();
  const { actions, assets, selection } = await open();
  await act(() => expect(actions.date(assets, { shift_seconds: 60 })).rejects.toMatchObject({ status: 409 }));
  expect(selection.size).toBe(500);
  expect(screen.getByText('done.date')).toBeTruthy();
  fireEvent.click(screen.getByRole('button', { name: 'undo' }));
  await vi.waitFor(() =>
    expect(asked.at(-1)).toEqual({ path: '/api/assets/undo', body: { activity_ids: ['activity'] } }),
  );
});

it('what the viewer knows of an asset is out of date after an action', async () => {
  halfwayServer();
  const { actions, assets, queries } = await open();
  const [one, other] = [assets[0]?.id ?? '', assets[1]?.id ?? ''];
  for (const id of [one, other]) queries.setQueryData(['asset', id], { id });
  await act(() => actions.date(assets.slice(0, 1), { shift_seconds: 60 }));
  expect(queries.getQueryState(['asset', one])?.isInvalidated).toBe(true);
  expect(queries.getQueryState(['asset', other])?.isInvalidated).toBe(false);
});

it('many are put away halfway: the rest comes back, chosen as before, and only those that left can be brought back', async () => {
  const asked = halfwayServer();
  const { actions, assets, model, selection } = await open();
  await act(async () => actions.archive(assets, true));
  await screen.findByText('Занято.');
  expect(model.isHidden(assets[999]?.id ?? '')).toBe(true);
  expect(model.isHidden(assets[1000]?.id ?? '')).toBe(false);
  expect(selection.size).toBe(500);
  fireEvent.click(screen.getAllByRole('button', { name: 'undo' }).at(-1) as HTMLElement);
  await vi.waitFor(() => expect(asked.at(-1)?.body).toMatchObject({ archived: false }));
  expect(asked.at(-1)?.body.ids).toHaveLength(1000);
});

it('a contributor changes their own and is told of the rest; a manager changes all', async () => {
  const [mine, theirs] = [assetFacts({ id: 'mine' }), assetFacts({ id: 'theirs', own: false })];
  const { actions } = await open(false);
  const changed = (assets: readonly AssetFacts[]) => actions.editable(assets).map(({ id }) => id);
  act(() => expect(changed([mine, theirs])).toEqual(['mine']));
  expect(screen.getByText('others')).toBeTruthy();
  act(() => expect(changed([theirs])).toEqual([]));
  expect(screen.getByText('others.only')).toBeTruthy();
  const { actions: managers } = await open();
  expect(managers.editable([mine, theirs])).toEqual([mine, theirs]);
});
