/**
 * Files that another application has shared, between the service worker, which receives them, and the page, which asks
 * where they belong. They wait there through a sign-in, but not for ever.
 */
const NAME = 'inbox';
const STORE = 'files';
const FORGET_AFTER = 24 * 3600 * 1000;

interface Entry {
  readonly file: File;
  /** Milliseconds since 1970. */
  readonly receivedAt: number;
}

export async function putIntoInbox(files: readonly File[]): Promise<void> {
  await inStore('readwrite', (store) => {
    for (const file of files) store.add({ file, receivedAt: Date.now() } satisfies Entry);
    return undefined;
  });
}

export async function lookIntoInbox(): Promise<File[]> {
  const entries = await inStore('readonly', (store) => store.getAll() as IDBRequest<Entry[]>);
  return entries.filter(({ receivedAt }) => Date.now() - receivedAt < FORGET_AFTER).map(({ file }) => file);
}

export async function emptyInbox(): Promise<void> {
  await inStore('readwrite', (store) => store.clear());
}

/** Runs `work` in a transaction; its request's result once the transaction is complete. */
async function inStore<T>(
  mode: IDBTransactionMode,
  work: (store: IDBObjectStore) => IDBRequest<T> | undefined,
): Promise<T> {
  const db = await open();
  try {
    return await new Promise<T>((resolve, reject) => {
      const transaction = db.transaction(STORE, mode);
      const request = work(transaction.objectStore(STORE));
      transaction.oncomplete = () => resolve(request?.result as T);
      transaction.onerror = () => reject(transaction.error);
      transaction.onabort = () => reject(transaction.error ?? new DOMException('aborted', 'AbortError'));
    });
  } finally {
    db.close();
  }
}

function open(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE, { autoIncrement: true });
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
