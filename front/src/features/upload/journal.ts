import type { UploadItem } from './model';

/**
 * The memory of the queue on this device, so that a reload, a crash or an empty battery does not end an upload.
 *
 * [Note: Keeping the bytes]
 * A `File` can be stored in IndexedDB, but the browser copies its bytes when we do. Keeping all of a 40 GB camera roll would
 * double it on a phone that is already full. So the bytes of the next files in line are kept, up to `KEEP_BYTES`, and the
 * window moves on as files finish. What lies beyond it is remembered by name, size and time: after a reload the person
 * chooses the same folder again once, and every file finds its place. At most half of what the browser has left for us is
 * taken, since it may drop everything of a site that takes too much. Where a browser refuses to store files at all
 * (private windows, some web views), that is what happens for all of them.
 */
export interface Journal {
  /** What this tab left behind, and what tabs that no longer exist did. Files are null where the bytes were not kept. */
  load(): Promise<{ item: UploadItem; file: File | null }[]>;
  /** Remembers these as they are now. */
  write(items: readonly UploadItem[]): Promise<void>;
  /** How many bytes of files may still be kept. */
  room(): Promise<number>;
  /** Keeps the bytes; false when the browser will not. */
  keep(id: string, file: File): Promise<boolean>;
  /** Forgets item and bytes. */
  drop(ids: readonly string[]): Promise<void>;
  /** Forgets everything of this person on this device; for signing out. */
  forget(): Promise<void>;
}

export const KEEP_BYTES = 1024 ** 3;
/** The server forgets an unfinished upload after seven days; a little later so do we. */
const FORGET_AFTER = 8 * 24 * 3600 * 1000;

const NAME = 'uploads';
const ITEMS = 'items';
const FILES = 'files';

interface ItemRecord {
  readonly id: string;
  readonly userId: string;
  readonly tab: string;
  readonly order: number;
  readonly writtenAt: number;
  readonly item: UploadItem;
}

interface FileRecord {
  readonly id: string;
  readonly file: File;
}

/** The journal of one person in one tab. `tab` says which tab a record belongs to, and whether another one still lives. */
export function openJournal(userId: string, tab: Tab): Journal {
  const db = openDatabase();
  let order = 0;
  const orders = new Map<string, number>();

  const recordOf = (item: UploadItem): ItemRecord => {
    const known = orders.get(item.id) ?? order++;
    orders.set(item.id, known);
    return { id: item.id, userId, tab: tab.id, order: known, writtenAt: Date.now(), item };
  };

  return {
    async load() {
      const look = async () => {
        const records = await readRecords(await db);
        await dropRecords(
          await db,
          records.filter((record) => isOld(record)).map((record) => record.id),
        );
        return records.filter((record) => record.userId === userId && !isOld(record));
      };
      const adopted = await tab.adopt(look, async (orphans) => {
        await writeRecords(
          await db,
          orphans.map((record) => ({ ...record, tab: tab.id })),
        );
      });
      adopted.sort((a, b) => a.order - b.order);
      order = (adopted.at(-1)?.order ?? -1) + 1;
      const entries = [];
      for (const record of adopted) {
        orders.set(record.id, record.order);
        entries.push({ item: record.item, file: await readFile(await db, record.id) });
      }
      return entries;
    },

    async write(items) {
      await writeRecords(await db, items.map(recordOf));
    },

    async room() {
      const { quota, usage } = (await navigator.storage?.estimate?.()) ?? {};
      return quota === undefined ? KEEP_BYTES : Math.min(KEEP_BYTES, (quota - (usage ?? 0)) / 2);
    },

    async keep(id, file) {
      try {
        const transaction = (await db).transaction(FILES, 'readwrite');
        transaction.objectStore(FILES).put({ id, file } satisfies FileRecord);
        await finished(transaction);
        return true;
      } catch {
        return false;
      }
    },

    async drop(ids) {
      for (const id of ids) {
        orders.delete(id);
      }
      await dropRecords(await db, ids);
    },

    async forget() {
      const records = await readRecords(await db);
      await dropRecords(
        await db,
        records.filter((record) => record.userId === userId).map((record) => record.id),
      );
    },
  };
}

function isOld(record: ItemRecord): boolean {
  return Date.now() - record.writtenAt > FORGET_AFTER;
}

function openDatabase(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore(ITEMS, { keyPath: 'id' });
      request.result.createObjectStore(FILES, { keyPath: 'id' });
    };
    request.onsuccess = () => {
      // Another tab with a newer version of this page must not wait for us for ever.
      request.result.onversionchange = () => request.result.close();
      resolve(request.result);
    };
    request.onerror = () => reject(request.error);
  });
}

async function readRecords(db: IDBDatabase): Promise<ItemRecord[]> {
  return (await answer(db.transaction(ITEMS).objectStore(ITEMS).getAll())) as ItemRecord[];
}

async function readFile(db: IDBDatabase, id: string): Promise<File | null> {
  const record = (await answer(db.transaction(FILES).objectStore(FILES).get(id))) as FileRecord | undefined;
  return record?.file ?? null;
}

async function writeRecords(db: IDBDatabase, records: readonly ItemRecord[]): Promise<void> {
  if (records.length === 0) {
    return;
  }
  const transaction = db.transaction(ITEMS, 'readwrite');
  for (const record of records) {
    transaction.objectStore(ITEMS).put(record);
  }
  await finished(transaction);
}

async function dropRecords(db: IDBDatabase, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) {
    return;
  }
  const transaction = db.transaction([ITEMS, FILES], 'readwrite');
  for (const id of ids) {
    transaction.objectStore(ITEMS).delete(id);
    transaction.objectStore(FILES).delete(id);
  }
  await finished(transaction);
}

function answer<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

function finished(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onerror = () => reject(transaction.error);
    transaction.onabort = () => reject(transaction.error ?? new DOMException('aborted', 'AbortError'));
  });
}

/**
 * Which tab of the browser we are.
 *
 * [Note: Two tabs, one queue]
 * Every tab sends its own files. Its name lives in sessionStorage and so survives a reload, and a lock of that name is held
 * while the tab lives. A record whose tab holds no lock is an orphan and is adopted by whoever loads next. Pages that are
 * not secure have no locks: there a tab takes everything it finds, and the worst that happens is that two tabs
 * send the same file, which the server keeps once.
 */
export interface Tab {
  readonly id: string;
  /** Those that `look` finds and that are ours or nobody's; the latter go through `claim` before any other tab may look. */
  adopt<R extends { readonly tab: string }>(
    look: () => Promise<readonly R[]>,
    claim: (orphans: readonly R[]) => Promise<void>,
  ): Promise<R[]>;
}

const TAB_KEY = 'upload-tab';

export async function thisTab(newId: () => string): Promise<Tab> {
  const locks: LockManager | undefined = navigator.locks;
  if (!locks) {
    return { id: 'any', adopt: async (look) => [...(await look())] };
  }
  let id = sessionStorage.getItem(TAB_KEY) ?? newId();
  // A duplicated tab brings a copy of sessionStorage along: the name is taken, so it gets a new one.
  if (!(await holdForLife(locks, lockOf(id)))) {
    id = newId();
    await holdForLife(locks, lockOf(id));
  }
  sessionStorage.setItem(TAB_KEY, id);
  return {
    id,
    adopt: (look, claim) =>
      locks.request('upload-adopt', async () => {
        const records = await look();
        const held = new Set((await locks.query()).held?.map((lock) => lock.name));
        const ours = records.filter((record) => record.tab === id || !held.has(lockOf(record.tab)));
        await claim(ours.filter((record) => record.tab !== id));
        return ours;
      }),
  };
}

function lockOf(tab: string): string {
  return `upload-tab-${tab}`;
}

/** Takes the lock and keeps it until the page is gone; false when another page has it. */
function holdForLife(locks: LockManager, name: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    locks
      .request(name, { ifAvailable: true }, (lock) => {
        resolve(lock !== null);
        return lock === null ? undefined : new Promise<void>(() => undefined);
      })
      .catch(reject);
  });
}
