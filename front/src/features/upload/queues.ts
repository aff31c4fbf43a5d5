import type { QueryClient } from '@tanstack/react-query';
import { api, call } from '@/api/client';
import { sessionState, subscribeToSession } from '@/api/session';
import { canHash, HASH_LIMIT, sha256 } from './checksums';
import { type Journal, openJournal, thisTab } from './journal';
import { newId } from './model';
import { UploadStore } from './store';
import { send, terminate } from './tus';

/**
 * The queue of the person who is signed in. It outlives every component: leaving a page, or a session that ran out and
 * is renewed, does not touch it. Only signing out does, and takes the files it kept along.
 */
interface Current {
  readonly userId: string;
  readonly store: UploadStore;
  readonly stop: () => void;
}

let current: Current | null = null;

export function queueOf(userId: string, queries: QueryClient): UploadStore {
  if (current?.userId !== userId) {
    current?.stop();
    current = begin(userId, queries);
  }
  return current.store;
}

function begin(userId: string, queries: QueryClient): Current {
  const journal = journalOf(userId);
  const store = new UploadStore({
    send,
    terminate,
    check: async (space_id, checksums) =>
      (await call(api.POST('/api/assets/check', { body: { space_id, checksums } }))).items,
    untrash: async (ids) => void (await call(api.POST('/api/assets/restore', { body: { ids } }))),
    sha256: canHash() ? sha256 : null,
    hashLimit: HASH_LIMIT,
    journal,
    online: () => navigator.onLine,
    lanes: () => (onSlowConnection() ? 2 : 3),
    now: () => Date.now(),
    random: () => Math.random(),
    stored: () => refreshCounts(queries),
  });
  const stop = follow(userId, store, journal);
  holdOnToStorage();
  void store.restore();
  return { userId, store, stop };
}

/** An installed application may ask that the browser throws nothing away; elsewhere some browsers would ask the person. */
function holdOnToStorage(): void {
  const isInstalled = matchMedia('(display-mode: standalone)').matches;
  if (isInstalled) void navigator.storage?.persist?.().catch(() => undefined);
}

/** Ties the queue to the page: the network's return, the person's return, the end of the session. */
function follow(userId: string, store: UploadStore, journal: Journal): () => void {
  const tryNow = () => store.tryNow();
  const onVisible = () => {
    if (document.visibilityState === 'visible') tryNow();
  };
  const onUnload = (event: BeforeUnloadEvent) => {
    if (store.snapshot().atRisk) event.preventDefault();
  };
  const forgetSession = subscribeToSession(() => {
    const session = sessionState();
    if (session.status === 'signed-in') {
      // Another person has signed in: what is left here waits in the journal for its own.
      if (session.user.id === userId) tryNow();
      else stop();
    } else if (session.status === 'signed-out' && session.why !== 'ended') {
      stop();
      void journal.forget().catch(() => undefined);
    }
  });
  window.addEventListener('online', tryNow);
  window.addEventListener('beforeunload', onUnload);
  document.addEventListener('visibilitychange', onVisible);

  function stop(): void {
    window.removeEventListener('online', tryNow);
    window.removeEventListener('beforeunload', onUnload);
    document.removeEventListener('visibilitychange', onVisible);
    forgetSession();
    store.dispose();
    if (current?.store === store) current = null;
  }
  return stop;
}

/** A journal that opens when it is first needed. */
function journalOf(userId: string): Journal {
  let opening: Promise<Journal> | undefined;
  const open = () => {
    opening ??= thisTab(newId).then((tab) => openJournal(userId, tab));
    return opening;
  };
  return {
    load: async () => (await open()).load(),
    write: async (items) => (await open()).write(items),
    room: async () => (await open()).room(),
    keep: async (id, file) => (await open()).keep(id, file),
    drop: async (ids) => (await open()).drop(ids),
    forget: async () => (await open()).forget(),
  };
}

interface NetworkInformation {
  readonly effectiveType?: string;
  readonly saveData?: boolean;
}

/** By the browser's own estimate; browsers that have none count as fast. */
function onSlowConnection(): boolean {
  const { connection } = navigator as Navigator & { connection?: NetworkInformation };
  return connection?.saveData === true || ['slow-2g', '2g', '3g'].includes(connection?.effectiveType ?? '');
}

const CALM = 2_000;
let refreshSoon = false;

/** Spaces show how many photos they hold; a folder of a thousand must not ask a thousand times. */
function refreshCounts(queries: QueryClient): void {
  if (refreshSoon) return;
  refreshSoon = true;
  setTimeout(() => {
    refreshSoon = false;
    void queries.invalidateQueries({ queryKey: ['spaces'] });
  }, CALM);
}
