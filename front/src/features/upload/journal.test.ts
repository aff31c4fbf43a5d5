import { IDBFactory } from 'fake-indexeddb';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { KEEP_BYTES, openJournal, type Tab, thisTab } from './journal';
import { newId, newItem } from './model';
import { fileOf, SPACE } from './testing';

const alone: Tab = { id: 'tab', adopt: async (look) => [...(await look())] };

function itemOf(name: string) {
  return newItem(SPACE, { file: fileOf(name), path: '' });
}

beforeEach(() => {
  vi.stubGlobal('indexedDB', new IDBFactory());
  sessionStorage.clear();
});

afterEach(() => vi.useRealTimers());

describe('journal', () => {
  it('gives back items in their order, with the bytes it kept', async () => {
    const journal = openJournal('anna', alone);
    const items = ['c', 'a', 'b'].map(itemOf);
    await journal.write(items);
    expect(await journal.keep(items[1]?.id ?? '', fileOf('a', 'bytes of a'))).toBe(true);

    const entries = await openJournal('anna', alone).load();
    expect(entries.map(({ item }) => item.name)).toEqual(['c', 'a', 'b']);
    expect(entries.map(({ file }) => file !== null)).toEqual([false, true, false]);
    expect(entries[0]?.item).toEqual(items[0]);
  });

  it('keeps the order across visits', async () => {
    await openJournal('anna', alone).write([itemOf('first')]);
    const later = openJournal('anna', alone);
    await later.load();
    await later.write([itemOf('second')]);
    const entries = await openJournal('anna', alone).load();
    expect(entries.map(({ item }) => item.name)).toEqual(['first', 'second']);
  });

  it('takes half of the room that the browser has left', async () => {
    const estimate = vi.fn(async () => ({ quota: 1000, usage: 400 }));
    vi.stubGlobal('navigator', { storage: { estimate } });
    expect(await openJournal('anna', alone).room()).toBe(300);
    estimate.mockResolvedValueOnce({ quota: 1e15, usage: 0 });
    expect(await openJournal('anna', alone).room()).toBe(KEEP_BYTES);
    vi.stubGlobal('navigator', {});
    expect(await openJournal('anna', alone).room()).toBe(KEEP_BYTES);
  });

  it('drops items together with their bytes', async () => {
    const journal = openJournal('anna', alone);
    const item = itemOf('a');
    await journal.write([item]);
    await journal.keep(item.id, fileOf('a'));
    await journal.drop([item.id]);
    await journal.write([item]);
    expect(await journal.load()).toEqual([{ item, file: null }]);
  });

  it('shows nobody the files of another person', async () => {
    await openJournal('anna', alone).write([itemOf('a')]);
    expect(await openJournal('boris', alone).load()).toEqual([]);
    await openJournal('boris', alone).forget();
    expect(await openJournal('anna', alone).load()).toHaveLength(1);
    await openJournal('anna', alone).forget();
    expect(await openJournal('anna', alone).load()).toEqual([]);
  });

  it('forgets what the server has forgotten too', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: new Date('2026-01-01') });
    await openJournal('anna', alone).write([itemOf('a')]);
    vi.setSystemTime(new Date('2026-01-08'));
    expect(await openJournal('anna', alone).load()).toHaveLength(1);
    vi.setSystemTime(new Date('2026-01-10'));
    expect(await openJournal('anna', alone).load()).toEqual([]);
  });

  it('says no when the browser will not store a file', async () => {
    const journal = openJournal('anna', alone);
    const unclonable = Object.assign(fileOf('a'), { toString: () => 'a' });
    expect(await journal.keep('a', unclonable)).toBe(false);
  });
});

/** Web Locks as far as the journal uses them, shared by all tabs of a test. */
class FakeLocks {
  readonly #held = new Set<string>();
  readonly #lines = new Map<string, Promise<unknown>>();

  request(name: string, ...rest: unknown[]): Promise<unknown> {
    const callback = rest.at(-1) as (lock: { name: string } | null) => Promise<unknown> | undefined;
    if (rest.length === 1) {
      const turn = (this.#lines.get(name) ?? Promise.resolve()).then(() => callback({ name }));
      this.#lines.set(name, turn);
      return turn;
    }
    if (this.#held.has(name)) return Promise.resolve(callback(null));
    this.#held.add(name);
    return Promise.resolve(callback({ name })).finally(() => this.#held.delete(name));
  }

  async query() {
    return { held: [...this.#held].map((name) => ({ name })) };
  }

  close(tab: Tab): void {
    this.#held.delete(`upload-tab-${tab.id}`);
  }
}

describe('tabs', () => {
  let locks: FakeLocks;

  beforeEach(() => {
    locks = new FakeLocks();
    vi.stubGlobal('navigator', { locks });
  });

  async function newTab(): Promise<Tab> {
    sessionStorage.clear();
    return thisTab(newId);
  }

  it('keep to their own files while both live', async () => {
    const [one, two] = [await newTab(), await newTab()];
    await openJournal('anna', one).write([itemOf('a')]);
    expect(await openJournal('anna', two).load()).toEqual([]);
    expect(await openJournal('anna', one).load()).toHaveLength(1);
  });

  it('adopt the files of a tab that is gone, and only one of them does', async () => {
    const [one, two, three] = [await newTab(), await newTab(), await newTab()];
    await openJournal('anna', one).write([itemOf('a')]);
    locks.close(one);
    const found = await Promise.all([two, three].map((tab) => openJournal('anna', tab).load()));
    expect(found.map((entries) => entries.length)).toEqual([1, 0]);
  });

  it('keep their name over a reload, and not when duplicated', async () => {
    const one = await newTab();
    const copy = await thisTab(newId);
    expect(copy.id).not.toBe(one.id);
    locks.close(copy);
    expect((await thisTab(newId)).id).toBe(copy.id);
  });
});
