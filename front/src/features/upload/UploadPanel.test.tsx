import { act, render, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Offline, Problem } from '@/api/problem';
import { loadTexts } from '@/locales';
import { chooseLanguage, laterTexts, startLanguage } from '@/shared/i18n';
import { UploadStore } from './store';
import { fileOf, SPACE, type World, worldOf } from './testing';
import { UploadPanel } from './UploadPanel';
import { UploadContext } from './UploadProvider';

let store: UploadStore;
let world: World;
const pick = vi.fn();

beforeEach(async () => {
  vi.stubGlobal(
    'ResizeObserver',
    class {
      observe() {}
      disconnect() {}
    },
  );
  vi.stubGlobal('matchMedia', () => ({ matches: false, addEventListener() {}, removeEventListener() {} }));
  await startLanguage(loadTexts);
  await chooseLanguage('en');
  await laterTexts();
  world = worldOf();
  store = new UploadStore(world.parts);
});

afterEach(() => store.dispose());

function show(onOpen?: (spaceId: string, assetId: string) => void) {
  return render(
    <UploadContext value={{ store, pick, addFiles: async () => undefined }}>
      <UploadPanel onOpen={onOpen} />
    </UploadContext>,
  );
}

async function add(...names: string[]): Promise<void> {
  await act(async () => {
    store.add(
      SPACE,
      names.map((name) => ({ file: fileOf(name), path: '' })),
    );
  });
}

async function answer(name: string, error?: unknown): Promise<void> {
  await act(async () => {
    const sending = world.server.open.find((each) => each.item.name === name);
    if (error === undefined) sending?.resolve();
    else sending?.reject(error);
    await new Promise((resolve) => setTimeout(resolve, 0));
  });
}

describe('panel', () => {
  it('is not there while there is nothing to tell', () => {
    const { container } = show();
    expect(container.innerHTML).toBe('');
  });

  it('tells how far the queue is and lets it be paused', async () => {
    show();
    await add('a.jpg', 'b.jpg');
    await answer('a.jpg');
    const panel = screen.getByRole('region', { name: 'Uploads' });
    expect(within(panel).getByText('Uploading 1 of 2')).toBeTruthy();
    await userEvent.click(within(panel).getByRole('button', { name: 'Pause' }));
    expect(within(panel).getAllByText('Upload paused')).toHaveLength(2);
    expect(world.server.open).toEqual([]);
    await userEvent.click(within(panel).getByRole('button', { name: 'Resume' }));
    expect(world.server.open).toHaveLength(1);
  });

  it('says in words why a file was refused, and repeats it', async () => {
    show();
    await add('a.jpg');
    await answer('a.jpg', new Problem(507, 'storage-full', 'x', {}, null));
    expect(screen.getByText('The server’s storage is full')).toBeTruthy();
    expect(screen.getAllByText('1 file needs attention').length).toBeGreaterThan(0);
    await userEvent.click(screen.getByRole('button', { name: 'Retry' }));
    expect(world.server.open).toHaveLength(1);
  });

  it('asks about a photo that was deleted before', async () => {
    show();
    await add('a.jpg');
    await answer('a.jpg', new Problem(409, 'deleted-before', 'x', {}, null));
    await userEvent.click(screen.getByRole('button', { name: 'Upload anyway' }));
    expect(world.server.open[0]?.item.revive).toBe(true);
  });

  it('opens a photo that has arrived', async () => {
    const onOpen = vi.fn();
    show(onOpen);
    await add('a.jpg');
    await answer('a.jpg');
    await userEvent.click(screen.getByRole('button', { name: 'Show the list' }));
    await userEvent.click(screen.getByRole('button', { name: 'Open a.jpg' }));
    expect(onOpen).toHaveBeenCalledWith(SPACE, 'asset-a.jpg');
  });

  it('says that it goes on by itself when the network is gone', async () => {
    show();
    world.online = false;
    await add('a.jpg');
    await answer('a.jpg', new Offline());
    expect(screen.getByText('Goes on once the connection is back.')).toBeTruthy();
  });

  it('stops what waits only after asking', async () => {
    HTMLDialogElement.prototype.showModal = function () {
      this.open = true;
    };
    HTMLDialogElement.prototype.close = function () {
      this.open = false;
    };
    show();
    await add('a', 'b', 'c', 'd', 'e');
    await userEvent.click(screen.getByRole('button', { name: 'Cancel' }));
    expect(store.snapshot().items).toHaveLength(5);
    const dialog = screen.getByRole('dialog');
    expect(within(dialog).getByText('Stop uploading 5 files?')).toBeTruthy();
    await userEvent.click(within(dialog).getByRole('button', { name: 'Stop uploading' }));
    expect(store.snapshot().items).toEqual([]);
  });

  it('speaks Russian with its plurals', async () => {
    await chooseLanguage('ru');
    show();
    await add('a', 'b', 'c');
    for (const name of ['a', 'b', 'c']) await answer(name);
    expect(screen.getAllByText('Загружено 3 файла').length).toBeGreaterThan(0);
  });

  it('draws a handful of rows for five thousand files', async () => {
    const { container } = show();
    await add(...Array.from({ length: 5_000 }, (_, index) => `photo-${index}.jpg`));
    await userEvent.click(screen.getByRole('button', { name: /Waiting/ }));
    expect(container.querySelectorAll('li').length).toBeLessThan(30);
  });
});
