import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Offline, Problem } from '@/api/problem';
import { SignedOut } from './decisions';
import type { ItemState } from './model';
import { type UploadParts, UploadStore } from './store';
import { bigFile, FakeJournal, fileOf, SPACE, type World, worldOf } from './testing';

let store: UploadStore;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
});

afterEach(() => {
  store.dispose();
  vi.useRealTimers();
});

function start(parts: UploadParts): UploadStore {
  store = new UploadStore(parts);
  return store;
}

/** Lets everything that needs no time happen. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 30; turn++) {
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
}

async function pass(ms: number): Promise<void> {
  await vi.advanceTimersByTimeAsync(ms);
  await settle();
}

async function add(...files: File[]): Promise<void> {
  store.add(
    SPACE,
    files.map((file) => ({ file, path: '' })),
  );
  await settle();
}

function states(): Record<string, ItemState['kind']> {
  return Object.fromEntries(store.snapshot().items.map((item) => [item.name, item.state.kind]));
}

function idOf(name: string): string {
  const item = store.snapshot().items.find((each) => each.name === name);
  if (!item) throw new Error(`no ${name} in the queue`);
  return item.id;
}

function sending({ server }: World, name: string) {
  const found = server.open.find((each) => each.item.name === name);
  if (!found) throw new Error(`${name} is not being sent`);
  return found;
}

const problem = (status: number, code: string, retryAfter: number | null = null) =>
  new Problem(status, code, code, {}, retryAfter);

describe('sending', () => {
  it('sends three files at a time, in order, until all are done', async () => {
    const world = worldOf();
    start(world.parts);
    await add(...['a', 'b', 'c', 'd'].map((name) => fileOf(name)));
    expect(states()).toEqual({ a: 'sending', b: 'sending', c: 'sending', d: 'waiting' });

    sending(world, 'b').resolve();
    await settle();
    expect(states()).toEqual({ a: 'sending', b: 'done', c: 'sending', d: 'sending' });

    for (const name of ['a', 'c', 'd']) sending(world, name).resolve();
    await settle();
    expect(store.snapshot().totals).toMatchObject({ files: 4, finished: 4, waiting: 0, active: 0 });
    expect(world.stored.map(({ stored }) => stored.assetId)).toEqual([
      'asset-b',
      'asset-a',
      'asset-c',
      'asset-d',
    ]);
  });

  it('is verifying from the last byte until the answer', async () => {
    const world = worldOf();
    start(world.parts);
    await add(fileOf('a', '0123456789'));
    sending(world, 'a').hooks.progress(0);
    sending(world, 'a').hooks.progress(4);
    await pass(200);
    expect(store.snapshot().items[0]).toMatchObject({ sent: 4, state: { kind: 'sending' } });
    sending(world, 'a').hooks.progress(10);
    await pass(200);
    expect(states()).toEqual({ a: 'verifying' });
  });

  it('shows a duplicate as a success', async () => {
    const world = worldOf();
    start(world.parts);
    await add(fileOf('a'));
    sending(world, 'a').resolve({ duplicate: true });
    await settle();
    expect(store.snapshot().items[0]?.state).toEqual({ kind: 'present', assetId: 'asset-a', trashed: false });
    expect(store.snapshot().totals.finished).toBe(1);
  });

  it('never sends an empty file', async () => {
    const world = worldOf();
    start(world.parts);
    await add(fileOf('empty', ''));
    expect(store.snapshot().items[0]?.state).toMatchObject({ kind: 'failed', reason: 'empty-file' });
    expect(world.server.sendings).toEqual([]);
  });

  it('does not take the same file twice while it is under way', async () => {
    const world = worldOf();
    start(world.parts);
    await add(fileOf('a'), fileOf('b'));
    await add(fileOf('a'));
    expect(store.snapshot().items).toHaveLength(2);
  });
});

describe('trouble with the network', () => {
  it('waits as one queue, probes with one file, and opens up again', async () => {
    const world = worldOf();
    start(world.parts);
    await add(...['a', 'b', 'c', 'd'].map((name) => fileOf(name)));
    for (const each of [...world.server.open]) each.reject(new Offline());
    await settle();
    expect(store.snapshot().halt).toMatchObject({ why: 'unreachable' });
    expect(world.server.open).toEqual([]);

    await pass(1_000);
    expect(world.server.open.map(({ item }) => item.name)).toEqual(['a']);
    sending(world, 'a').resolve();
    await settle();
    expect(store.snapshot().halt).toBeNull();
    expect(world.server.open.map(({ item }) => item.name)).toEqual(['b', 'c', 'd']);
  });

  it('waits longer each time nobody answers', async () => {
    const world = worldOf({ lanes: 1 });
    start(world.parts);
    await add(fileOf('a'));
    const waits: number[] = [];
    for (let round = 0; round < 4; round++) {
      sending(world, 'a').reject(new Offline());
      await settle();
      const { halt } = store.snapshot();
      const wait = (halt?.until ?? 0) - Date.now();
      waits.push(wait);
      await pass(wait);
    }
    expect(waits).toEqual([1_000, 2_000, 4_000, 8_000]);
  });

  it('calls it offline when the browser says so, and goes on at once when the network is back', async () => {
    const world = worldOf();
    start(world.parts);
    await add(fileOf('a'));
    world.online = false;
    sending(world, 'a').reject(new Offline());
    await settle();
    expect(store.snapshot().halt).toMatchObject({ why: 'offline' });

    world.online = true;
    store.tryNow();
    await settle();
    expect(states()).toEqual({ a: 'sending' });
  });

  it('goes on from the address that the server gave', async () => {
    const world = worldOf();
    start(world.parts);
    await add(fileOf('a'));
    sending(world, 'a').hooks.located('/api/uploads/1');
    sending(world, 'a').reject(new Offline());
    await pass(1_000);
    expect(sending(world, 'a').item.uploadUrl).toBe('/api/uploads/1');
  });

  it('gives up on a connection that moves nothing for a minute', async () => {
    const world = worldOf();
    start(world.parts);
    await add(fileOf('a', '0123456789'));
    const first = sending(world, 'a');
    await pass(59_000);
    first.hooks.progress(1);
    await pass(59_000);
    expect(first.hooks.signal.aborted).toBe(false);
    await pass(1_500);
    expect(first.hooks.signal.aborted).toBe(true);
    expect(store.snapshot().halt).toMatchObject({ why: 'unreachable' });
  });

  it('obeys Retry-After', async () => {
    const world = worldOf();
    start(world.parts);
    await add(fileOf('a'), fileOf('b'));
    sending(world, 'a').reject(problem(429, 'too-many-requests', 20));
    await pass(19_000);
    expect(states().a).toBe('waiting');
    expect(store.snapshot().halt).toMatchObject({ why: 'busy' });
    await pass(1_000);
    sending(world, 'b').resolve();
    await settle();
    expect(states()).toEqual({ a: 'sending', b: 'done' });
  });

  it('lets a locked upload wait alone', async () => {
    const world = worldOf({ lanes: 1 });
    start(world.parts);
    await add(fileOf('a'), fileOf('b'));
    sending(world, 'a').reject(problem(423, 'upload-locked'));
    await settle();
    expect(states()).toEqual({ a: 'waiting', b: 'sending' });
    expect(store.snapshot().halt).toBeNull();
    await pass(5_000);
    sending(world, 'b').resolve();
    await settle();
    expect(states()).toEqual({ a: 'sending', b: 'done' });
  });
});

describe('refusals', () => {
  it('keeps the reason, goes on with the others, and repeats on request', async () => {
    const world = worldOf();
    start(world.parts);
    await add(fileOf('a'), fileOf('b'));
    sending(world, 'a').reject(problem(413, 'quota-exceeded'));
    sending(world, 'b').resolve();
    await settle();
    expect(store.snapshot().items[0]?.state).toMatchObject({ kind: 'failed', reason: 'space-full' });
    expect(states().b).toBe('done');

    store.retryAll();
    await settle();
    expect(states().a).toBe('sending');
  });

  it('does not offer to repeat what would be refused again', async () => {
    const world = worldOf();
    start(world.parts);
    await add(fileOf('a'));
    sending(world, 'a').reject(problem(415, 'unsupported-type'));
    await settle();
    store.retry(idOf('a'));
    await settle();
    expect(states().a).toBe('failed');
  });

  it('begins again, without the old address, when the server forgot the upload', async () => {
    const world = worldOf();
    start(world.parts);
    await add(fileOf('a'));
    sending(world, 'a').hooks.located('/api/uploads/1');
    sending(world, 'a').reject(problem(410, 'gone'));
    await settle();
    expect(sending(world, 'a').item.uploadUrl).toBeNull();
  });

  it('asks about a photo that was deleted before, and sends it when told to', async () => {
    const world = worldOf();
    start(world.parts);
    await add(fileOf('a'));
    sending(world, 'a').reject(problem(409, 'deleted-before'));
    await settle();
    expect(states().a).toBe('question');
    store.uploadAnyway(idOf('a'));
    await settle();
    expect(sending(world, 'a').item).toMatchObject({ revive: true, uploadUrl: null });
  });

  it('stands still when nobody is signed in, and goes on when somebody is', async () => {
    const world = worldOf();
    start(world.parts);
    await add(fileOf('a'), fileOf('b'));
    sending(world, 'a').reject(new SignedOut());
    await settle();
    expect(store.snapshot().halt).toEqual({ why: 'signed-out', until: null });
    await pass(3_600_000);
    expect(states().a).toBe('waiting');
    store.tryNow();
    await settle();
    expect(states().a).toBe('sending');
  });
});

describe('asking before sending', () => {
  it('sends only what the space does not have', async () => {
    const world = worldOf({ hash: true });
    world.server.states.set('b', 'present').set('c', 'trashed').set('d', 'deleted');
    start(world.parts);
    await add(...['a', 'b', 'c', 'd'].map((name) => fileOf(name)));
    expect(states()).toEqual({ a: 'sending', b: 'present', c: 'present', d: 'question' });
    expect(sending(world, 'a').item.sha256).toBe('a');
    expect(store.snapshot().items[2]?.state).toEqual({ kind: 'present', assetId: 'asset-c', trashed: true });
    expect(store.snapshot().totals).toMatchObject({ finished: 1, attention: 2, active: 1 });
    expect(world.server.sendings).toHaveLength(1);
  });

  it('asks about many files in few questions', async () => {
    const world = worldOf({ hash: true });
    const names = Array.from({ length: 300 }, (_, index) => `photo-${index}`);
    for (const name of names) world.server.states.set(name, 'present');
    start(world.parts);
    await add(...names.map((name) => fileOf(name)));
    await vi.waitFor(() => expect(store.snapshot().totals.finished).toBe(300));
    expect(world.server.questions.flat()).toHaveLength(300);
    expect(Math.max(...world.server.questions.map((each) => each.length))).toBeLessThanOrEqual(100);
    expect(world.server.sendings).toEqual([]);
  });

  it('sends large files without asking', async () => {
    const world = worldOf({ hash: true });
    start(world.parts);
    await add(bigFile('film.mp4', 65 * 1024 * 1024));
    expect(world.server.questions).toEqual([]);
    expect(sending(world, 'film.mp4').item.sha256).toBeNull();
  });

  it('sends without asking when the question is refused', async () => {
    const world = worldOf({ hash: true });
    world.server.checkError = problem(500, 'internal');
    start(world.parts);
    await add(fileOf('a'));
    expect(states().a).toBe('sending');
  });

  it('asks again later when nobody answers, and does not hash again', async () => {
    const world = worldOf({ hash: true });
    const hash = vi.spyOn(world.parts, 'sha256' as never);
    world.server.checkError = new Offline();
    world.server.states.set('a', 'present');
    start(world.parts);
    await add(fileOf('a'));
    expect(store.snapshot().halt).toMatchObject({ why: 'unreachable' });
    world.server.checkError = null;
    await pass(1_000);
    expect(states().a).toBe('present');
    expect(hash).toHaveBeenCalledTimes(1);
  });

  it('does not ask about a photo that is wanted anyway', async () => {
    const world = worldOf({ hash: true });
    world.server.states.set('a', 'deleted');
    start(world.parts);
    await add(fileOf('a'));
    store.uploadAnyway(idOf('a'));
    await settle();
    expect(world.server.questions).toEqual([['a']]);
    expect(sending(world, 'a').item).toMatchObject({ revive: true, sha256: 'a' });
  });

  it('says that a file cannot be read', async () => {
    const world = worldOf({ hash: true });
    start({ ...world.parts, sha256: () => Promise.reject(new DOMException('gone', 'NotReadableError')) });
    await add(fileOf('a'));
    expect(store.snapshot().items[0]?.state).toMatchObject({ kind: 'failed', reason: 'unreadable' });
  });

  it('takes a photo out of the trash', async () => {
    const world = worldOf({ hash: true });
    world.server.states.set('a', 'trashed');
    start(world.parts);
    await add(fileOf('a'));
    await store.untrash(idOf('a'));
    await settle();
    expect(world.server.restored).toEqual([['asset-a']]);
    expect(store.snapshot().items[0]?.state).toMatchObject({ kind: 'present', trashed: false });
  });
});

describe('pause, remove, clear', () => {
  it('stops what is being sent and goes on from there', async () => {
    const world = worldOf();
    start(world.parts);
    await add(fileOf('a'));
    sending(world, 'a').hooks.located('/api/uploads/1');
    store.pause();
    await settle();
    expect(world.server.open).toEqual([]);
    expect(store.snapshot().halt).toEqual({ why: 'paused', until: null });
    await add(fileOf('b'));
    expect(states()).toEqual({ a: 'waiting', b: 'waiting' });

    store.resume();
    await settle();
    expect(states()).toEqual({ a: 'sending', b: 'sending' });
    expect(sending(world, 'a').item.uploadUrl).toBe('/api/uploads/1');
  });

  it('tells the server when the rest will not come', async () => {
    const world = worldOf();
    start(world.parts);
    await add(fileOf('a'));
    sending(world, 'a').hooks.located('/api/uploads/1');
    store.remove(idOf('a'));
    await settle();
    expect(store.snapshot().items).toEqual([]);
    expect(world.server.terminated).toEqual(['/api/uploads/1']);
    expect(world.journal.items.size).toBe(0);
  });

  it('clears only what is finished', async () => {
    const world = worldOf({ lanes: 1 });
    start(world.parts);
    await add(fileOf('a'), fileOf('b'));
    sending(world, 'a').resolve();
    await settle();
    store.clearFinished();
    await settle();
    expect(states()).toEqual({ b: 'sending' });
  });
});

describe('surviving a reload', () => {
  it('brings back unfinished files with their bytes and addresses', async () => {
    const journal = new FakeJournal();
    const before = worldOf({ journal, lanes: 1 });
    start(before.parts);
    await add(fileOf('a'), fileOf('b'), fileOf('c'));
    sending(before, 'a').resolve();
    await settle();
    sending(before, 'b').hooks.located('/api/uploads/b');
    await settle();
    expect(store.snapshot().atRisk).toBe(false);
    store.dispose();

    const after = worldOf({ journal });
    start(after.parts);
    await store.restore();
    await settle();
    expect(states()).toEqual({ b: 'sending', c: 'sending' });
    expect(sending(after, 'b').item.uploadUrl).toBe('/api/uploads/b');
    expect(sending(after, 'b').file.name).toBe('b');
  });

  it('asks for the same file again where the browser keeps no bytes', async () => {
    const journal = new FakeJournal();
    journal.refuse = true;
    const before = worldOf({ journal });
    start(before.parts);
    await add(fileOf('a'));
    sending(before, 'a').hooks.located('/api/uploads/a');
    await settle();
    expect(store.snapshot().atRisk).toBe(true);
    store.dispose();

    const after = worldOf({ journal });
    start(after.parts);
    await store.restore();
    await settle();
    expect(states()).toEqual({ a: 'missing' });
    await add(fileOf('a', 'a', 1_600_000_000_000));
    expect(store.snapshot().items).toHaveLength(2);
    await add(fileOf('a'));
    expect(store.snapshot().items).toHaveLength(2);
    expect(after.server.open.map(({ item }) => item.uploadUrl)).toEqual([null, '/api/uploads/a']);
  });

  it('keeps the bytes of the files next in line, up to its budget, and moves on', async () => {
    const world = worldOf({ lanes: 1 });
    start(world.parts);
    const third = 400 * 1024 * 1024;
    await add(bigFile('a', third), bigFile('b', third), bigFile('c', third));
    expect([...world.journal.files.values()].map((file) => file.name)).toEqual(['a', 'b']);
    expect(store.snapshot().atRisk).toBe(true);
    sending(world, 'a').resolve();
    await settle();
    expect([...world.journal.files.values()].map((file) => file.name)).toEqual(['b', 'c']);
    expect(store.snapshot().atRisk).toBe(false);
  });

  it('keeps no more than the browser has room for, and says what would be lost', async () => {
    const world = worldOf({ lanes: 1 });
    world.journal.bytesLeft = 150;
    start(world.parts);
    await store.restore();
    await add(bigFile('a', 100), bigFile('b', 100));
    expect([...world.journal.files.values()].map((file) => file.name)).toEqual(['a']);
    expect(store.snapshot().atRisk).toBe(true);
    sending(world, 'a').resolve();
    await settle();
    expect([...world.journal.files.values()].map((file) => file.name)).toEqual(['b']);
    expect(store.snapshot().atRisk).toBe(false);
  });

  it('forgets what is finished', async () => {
    const world = worldOf();
    start(world.parts);
    await add(fileOf('a'));
    sending(world, 'a').resolve();
    await settle();
    expect(world.journal.items.size).toBe(0);
    expect(world.journal.files.size).toBe(0);
  });

  it('works without a journal at all', async () => {
    const world = worldOf();
    const broken = () => Promise.reject(new DOMException('no', 'InvalidStateError'));
    start({
      ...world.parts,
      journal: { load: broken, write: broken, room: broken, keep: broken, drop: broken, forget: broken },
    });
    await store.restore();
    await add(fileOf('a'));
    expect(store.snapshot().atRisk).toBe(true);
    sending(world, 'a').resolve();
    await settle();
    expect(states().a).toBe('done');
  });
});

it('holds five thousand files', async () => {
  const world = worldOf();
  start(world.parts);
  let told = 0;
  store.subscribe(() => {
    told += 1;
  });
  await add(...Array.from({ length: 5_000 }, (_, index) => fileOf(`photo-${index}`)));
  expect(store.snapshot().totals).toMatchObject({ files: 5_000, active: 3 });
  expect(told).toBeLessThan(20);
  const before = store.snapshot();
  sending(world, 'photo-0').hooks.progress(1);
  expect(store.snapshot()).toBe(before);
});
