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
  await inStore((store) => {
    for (const file of files) store.add({ file, receivedAt: Date.now() } satisfies Entry);
  });
}

/** What waits there; what has waited for too long goes. */
export async function lookIntoInbox(): Promise<File[]> {
  const files: File[] = [];
  await inStore((store) => {
    const request = store.openCursor();
    request.onsuccess = () => {
      const cursor = request.result;
      if (!cursor) return;
      const { file, receivedAt } = cursor.value as Entry;
      if (Date.now() - receivedAt < FORGET_AFTER) files.push(file);
      else cursor.delete();
      cursor.continue();
    };
  });
  return files;
}

export async function emptyInbox(): Promise<void> {
  await inStore((store) => void store.clear());
}

/** Runs `work` in a transaction and waits for its end. */
async function inStore(work: (store: IDBObjectStore) => void): Promise<void> {
  const db = await open();
  try {
    return await new Promise((resolve, reject) => {
      const transaction = db.transaction(STORE, 'readwrite');
      work(transaction.objectStore(STORE));
      transaction.oncomplete = () => resolve();
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
