import { Offline } from '@/api/problem';
import type { CheckedChecksum } from '@/api/types';
import { type Decision, decide, Unreadable } from './decisions';
import { type Journal, KEEP_BYTES } from './journal';
import {
  canRetry,
  fileKey,
  type Halt,
  type ItemState,
  isFinished,
  isUnderway,
  itemKey,
  newItem,
  type PickedFile,
  type UploadItem,
} from './model';
import { SpeedMeter, secondsLeft, type Totals, totalsOf } from './pace';
import { walk } from './walk';

/** What became of a file that the server has stored. */
export interface Stored {
  readonly assetId: string;
  /** The space had these bytes before. */
  readonly duplicate: boolean;
  /** It had them, and they lie in its trash. */
  readonly trashed: boolean;
}

export interface SendHooks {
  /** The server has an address for this file now. */
  located(url: string): void;
  /** Bytes handed over so far; the first call of an attempt says where it begins. */
  progress(sent: number): void;
  readonly signal: AbortSignal;
}

/** Everything the queue needs from the world; tests bring their own. */
export interface UploadParts {
  send(item: UploadItem, file: File, hooks: SendHooks): Promise<Stored>;
  check(spaceId: string, checksums: string[]): Promise<CheckedChecksum[]>;
  /** The rest of this upload will never come. */
  terminate(url: string): Promise<void>;
  /** Takes assets out of the trash. */
  untrash(assetIds: string[]): Promise<void>;
  /** Null where the browser cannot hash. */
  readonly sha256: ((file: Blob) => Promise<string>) | null;
  readonly hashLimit: number;
  readonly journal: Journal;
  online(): boolean;
  /** Files sent at the same time on this connection. */
  lanes(): number;
  now(): number;
  random(): number;
  /** A file reached the space. */
  stored(spaceId: string, stored: Stored): void;
}

export interface UploadSnapshot {
  readonly items: readonly UploadItem[];
  readonly totals: Totals;
  readonly halt: Halt | null;
  /** Bytes per second; null when nothing moves or it is too early to say. */
  readonly speed: number | null;
  /** Until everything is sent; null when nobody can know. */
  readonly secondsLeft: number | null;
  /** Folders are being read. */
  readonly looking: boolean;
  /** Closing the page now would lose files: they are not sent, and the browser kept no copy. */
  readonly atRisk: boolean;
}

/** Checksums asked about at once; the server takes a thousand. */
const ASK_AT_ONCE = 100;
/** Files that are hashed and found to be new before the hashing waits for the sending. */
const AHEAD = 24;
/** A connection that moves nothing for so long is dead, even when nobody said so. */
const STALLED = 60_000;
/** The same while the server writes the last bytes to its disk. */
const STALLED_VERIFYING = 120_000;
/** An attempt that moves this much proves that the network is back. */
const MOVED = 256 * 1024;
const TICK = 120;

const STOPPED = Symbol('stopped by the person');

/**
 * The upload queue of one signed-in person on one page: decides what is hashed, sent, repeated and remembered.
 * It knows neither React nor tus nor IndexedDB; components read it through `subscribe` and `snapshot`.
 *
 * [Note: Who waits for what]
 * Items run in the order they were added. Before a file is sent its SHA-256 is made and the server asked whether the space
 * knows it (small files, secure pages), so that the thousand photos that were sent last week cost a thousand
 * hashes instead of three gigabytes. While one question is on its way the next checksums gather for the following one.
 */
export class UploadStore {
  readonly #parts: UploadParts;
  readonly #items = new Map<string, UploadItem>();
  readonly #files = new Map<string, File>();
  readonly #attempts = new Map<string, AbortController>();
  /** Items about which the server was asked, or need not be. */
  readonly #asked = new Set<string>();
  /** Hashed and waiting for the next question to the server. */
  #toAsk: string[] = [];
  #asking = false;
  #hashing = false;

  /** Sizes of the files whose bytes are in the journal. */
  readonly #kept = new Map<string, number>();
  #keptBytes = 0;
  readonly #unsaved = new Set<string>();
  #keepBudget = KEEP_BYTES;
  #keeping = false;
  #saving = false;

  #paused = false;
  #signedOut = false;
  #outages = 0;
  #gate: { why: 'unreachable' | 'busy'; until: number } | null = null;
  #wakeUp: ReturnType<typeof setTimeout> | undefined;

  readonly #listeners = new Set<() => void>();
  readonly #meter = new SpeedMeter();
  #walks = 0;
  #snapshot: UploadSnapshot;
  #ticking: ReturnType<typeof setTimeout> | undefined;
  #announcing = false;
  #disposed = false;

  constructor(parts: UploadParts) {
    this.#parts = parts;
    this.#snapshot = this.#look();
  }

  // What components read.

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** The same object until something changes. */
  readonly snapshot = (): UploadSnapshot => this.#snapshot;

  /** The bytes of an item, for a small picture of it. */
  file(id: string): File | null {
    return this.#files.get(id) ?? null;
  }

  // What a person does.

  /** Brings back what an earlier visit left unfinished. */
  async restore(): Promise<void> {
    const { journal } = this.#parts;
    const room = await journal.room().catch(() => KEEP_BYTES);
    const entries = await journal.load().catch(() => []);
    for (const { item, file } of entries) {
      if (this.#items.has(item.id)) {
        continue;
      }
      if (file) {
        this.#files.set(item.id, file);
        this.#remember(item.id, file.size);
      }
      this.#items.set(item.id, { ...item, state: stateAfterReload(item.state, file !== null) });
    }
    this.#keepBudget = Math.min(KEEP_BYTES, this.#keptBytes + room);
    this.#go();
  }

  /** Adds files and whole folders, as they are found. Resolves when the folders have been read to their end. */
  async addFiles(
    spaceId: string,
    things: readonly (File | FileSystemEntry)[],
  ): Promise<{ unreadable: number }> {
    this.#walks += 1;
    this.#announce();
    try {
      return await walk(things, (files) => this.add(spaceId, files));
    } finally {
      this.#walks -= 1;
      this.#announce();
    }
  }

  add(spaceId: string, files: readonly PickedFile[]): void {
    const known = this.#unfinishedByKey();
    for (const picked of files) {
      const key = fileKey(spaceId, picked.file);
      const same = known.get(key) ?? [];
      const twin =
        same.find((item) => item.path === picked.path) ?? same.find((item) => item.state.kind === 'missing');
      if (twin) {
        this.#bringBack(twin.id, picked.file);
        continue;
      }
      const item = newItem(spaceId, picked);
      known.set(key, [...same, item]);
      this.#files.set(item.id, picked.file);
      this.#put(item);
    }
    this.#go();
  }

  pause(): void {
    this.#paused = true;
    for (const attempt of this.#attempts.values()) {
      attempt.abort(STOPPED);
    }
    this.#go();
  }

  resume(): void {
    this.#paused = false;
    this.tryNow();
  }

  /** Ends any waiting: the network is back, the person is, or pressed the button. */
  tryNow(): void {
    this.#gate = null;
    this.#signedOut = false;
    for (const item of this.#items.values()) {
      if (item.state.kind === 'waiting' && item.state.until !== undefined) {
        this.#put({ ...item, state: { kind: 'waiting' } });
      }
    }
    this.#go();
  }

  retry(id: string): void {
    const item = this.#items.get(id);
    if (item?.state.kind !== 'failed' || !canRetry(item)) {
      return;
    }
    // What the server has stays there: a full disk or space need not cost the way a second time.
    const changed = item.state.reason === 'changed' || item.state.reason === 'unreadable';
    this.#asked.delete(id);
    this.#put({
      ...item,
      attempts: 0,
      sent: 0,
      uploadUrl: changed ? null : item.uploadUrl,
      sha256: changed ? null : item.sha256,
      state: this.#files.has(id) ? { kind: 'waiting' } : { kind: 'missing' },
    });
    this.#go();
  }

  retryAll(): void {
    for (const item of [...this.#items.values()]) {
      this.retry(item.id);
    }
  }

  /** Sends a photo although it was deleted from the space before. */
  uploadAnyway(id: string): void {
    const item = this.#items.get(id);
    if (item?.state.kind !== 'question') {
      return;
    }
    this.#put({ ...item, revive: true, uploadUrl: null, sent: 0, state: { kind: 'waiting' } });
    this.#go();
  }

  /** Takes a photo that is "already here", but in the trash, out of it. Rejects as the request does. */
  async untrash(id: string): Promise<void> {
    const item = this.#items.get(id);
    if (item?.state.kind !== 'present' || item.state.assetId === null) {
      return;
    }
    await this.#parts.untrash([item.state.assetId]);
    this.#put({ ...item, state: { ...item.state, trashed: false } });
    this.#announce();
  }

  remove(id: string): void {
    const item = this.#items.get(id);
    if (!item) {
      return;
    }
    this.#attempts.get(id)?.abort(STOPPED);
    this.#forget(id);
    if (item.uploadUrl !== null && !isFinished(item.state)) {
      void this.#parts.terminate(item.uploadUrl);
    }
    this.#go();
  }

  /** Takes the questions and refusals off the list. */
  dismissAttention(): void {
    for (const item of [...this.#items.values()]) {
      if (!isFinished(item.state) && !isUnderway(item.state)) {
        this.remove(item.id);
      }
    }
  }

  clearFinished(): void {
    for (const item of [...this.#items.values()]) {
      if (isFinished(item.state)) {
        this.#forget(item.id);
      }
    }
    this.#go();
  }

  /** Takes everything off the list that has not arrived and needs no decision. */
  cancelUnderway(): void {
    for (const item of [...this.#items.values()]) {
      if (isUnderway(item.state)) {
        this.remove(item.id);
      }
    }
  }

  cancelAll(): void {
    for (const item of [...this.#items.values()]) {
      this.remove(item.id);
    }
  }

  /** Stops everything and answers no more; what is unfinished stays in the journal. */
  dispose(): void {
    this.#disposed = true;
    clearTimeout(this.#wakeUp);
    clearTimeout(this.#ticking);
    for (const attempt of this.#attempts.values()) {
      attempt.abort(STOPPED);
    }
  }

  // The engine.

  /** Looks at everything and starts what can start. Called after every change. */
  #go(): void {
    if (this.#disposed) {
      return;
    }
    if (this.#gate && this.#gate.until <= this.#parts.now()) {
      this.#gate = null;
    }
    if (!this.#halted()) {
      void this.#hashAhead();
      const lanes = this.#outages > 0 ? 1 : this.#parts.lanes();
      while (this.#attempts.size < lanes) {
        const next = this.#nextToSend();
        if (!next) {
          break;
        }
        void this.#attempt(next);
      }
    }
    this.#setAlarm();
    void this.#save();
    void this.#keepAhead();
    this.#announce();
  }

  #halted(): boolean {
    return this.#paused || this.#signedOut || this.#gate !== null;
  }

  #nextToSend(): UploadItem | undefined {
    for (const item of this.#items.values()) {
      if (this.#isReady(item) && this.#mayGo(item)) {
        return item;
      }
    }
    return undefined;
  }

  #isReady(item: UploadItem): boolean {
    return item.state.kind === 'waiting' && !this.#attempts.has(item.id) && !this.#wantsQuestion(item);
  }

  #mayGo(item: UploadItem): boolean {
    return item.state.kind !== 'waiting' || (item.state.until ?? 0) <= this.#parts.now();
  }

  /** Whether the server should be asked about the checksum before anything is sent. */
  #wantsQuestion(item: UploadItem): boolean {
    if (this.#asked.has(item.id) || item.revive || item.uploadUrl !== null) {
      return false;
    }
    return item.sha256 !== null || (this.#parts.sha256 !== null && item.size <= this.#parts.hashLimit);
  }

  async #attempt(item: UploadItem): Promise<void> {
    const file = this.#files.get(item.id);
    if (!file) {
      this.#put({ ...item, state: { kind: 'missing' } });
      return;
    }
    const attempt = new AbortController();
    this.#attempts.set(item.id, attempt);
    this.#put({ ...item, state: { kind: 'sending' } });
    const watch = this.#watch(item, attempt);
    try {
      const stored = await this.#parts.send(item, file, { ...watch.hooks, signal: attempt.signal });
      this.#succeed(item.id, stored);
    } catch (error) {
      this.#stumble(item, error);
    } finally {
      watch.end();
      this.#attempts.delete(item.id);
      this.#go();
    }
  }

  /** Follows one attempt: counts bytes, notes the address, and gives up on a connection that has gone silent. */
  #watch(item: UploadItem, attempt: AbortController): { hooks: Omit<SendHooks, 'signal'>; end: () => void } {
    let begin: number | null = null;
    let before = 0;
    let silence: ReturnType<typeof setTimeout> | undefined;
    const listen = (limit: number) => {
      clearTimeout(silence);
      silence = setTimeout(() => attempt.abort(new Offline('silence')), limit);
    };
    listen(STALLED);
    return {
      end: () => clearTimeout(silence),
      hooks: {
        located: (url) => {
          listen(STALLED);
          const current = this.#items.get(item.id);
          if (current && url !== '' && current.uploadUrl !== url) {
            this.#put({ ...current, uploadUrl: url });
            void this.#save();
          }
        },
        progress: (sent) => {
          listen(sent >= item.size ? STALLED_VERIFYING : STALLED);
          if (begin === null) {
            begin = sent;
            before = sent;
          }
          this.#meter.add(Math.max(0, sent - before), this.#parts.now());
          before = sent;
          if (sent - begin > MOVED) {
            this.#outages = 0;
          }
          this.#advance(item.id, sent);
        },
      },
    };
  }

  #advance(id: string, sent: number): void {
    const item = this.#items.get(id);
    if (!item || !this.#attempts.has(id)) {
      return;
    }
    this.#items.set(id, { ...item, sent, state: { kind: sent >= item.size ? 'verifying' : 'sending' } });
    this.#tick();
  }

  #succeed(id: string, stored: Stored): void {
    this.#outages = 0;
    const item = this.#items.get(id);
    if (!item) {
      return;
    }
    this.#finish(item, stored);
    this.#parts.stored(item.spaceId, stored);
  }

  #finish(
    item: UploadItem,
    { assetId, duplicate, trashed }: Omit<Stored, 'assetId'> & { assetId: string | null },
  ): void {
    this.#files.delete(item.id);
    const state: ItemState =
      duplicate || assetId === null ? { kind: 'present', assetId, trashed } : { kind: 'done', assetId };
    this.#put({ ...item, sent: item.size, state });
  }

  #stumble(item: UploadItem, error: unknown): void {
    const current = this.#items.get(item.id);
    if (!current) {
      return;
    }
    if (error === STOPPED) {
      this.#put({ ...current, state: { kind: 'waiting' } });
      return;
    }
    const decision = decide(error, {
      failures: current.attempts + 1,
      outages: this.#outages,
      resuming: current.uploadUrl !== null,
      random: this.#parts.random,
    });
    this.#obey(decision, current);
  }

  #obey(decision: Decision, item: UploadItem): void {
    const attempts = item.attempts + 1;
    switch (decision.act) {
      case 'wait-queue':
        this.#shut(decision.why, decision.delay);
        this.#put({ ...item, state: { kind: 'waiting' } });
        break;
      case 'wait-item': {
        const until = this.#parts.now() + decision.delay;
        this.#put({
          ...item,
          attempts: decision.counts ? attempts : item.attempts,
          state: { kind: 'waiting', until },
        });
        break;
      }
      case 'resume':
        this.#put({ ...item, attempts, state: { kind: 'waiting' } });
        break;
      case 'restart':
        this.#put({ ...item, attempts, uploadUrl: null, sent: 0, state: { kind: 'waiting' } });
        break;
      case 'sign-in':
        this.#signedOut = true;
        this.#put({ ...item, state: { kind: 'waiting' } });
        break;
      case 'ask':
        if (item.uploadUrl !== null) {
          void this.#parts.terminate(item.uploadUrl);
        }
        this.#put({ ...item, uploadUrl: null, sent: 0, state: { kind: 'question' } });
        break;
      case 'fail':
        this.#put({ ...item, state: { kind: 'failed', reason: decision.reason, title: decision.title } });
        break;
    }
  }

  /** Nobody is sent to a server that is not there. Lanes that fail together count once. */
  #shut(why: 'unreachable' | 'busy', delay: number): void {
    if (this.#gate) {
      return;
    }
    this.#outages += 1;
    this.#gate = { why, until: this.#parts.now() + delay };
  }

  #setAlarm(): void {
    clearTimeout(this.#wakeUp);
    if (this.#paused || this.#signedOut) {
      return;
    }
    let next = this.#gate?.until ?? Number.POSITIVE_INFINITY;
    if (!this.#gate) {
      for (const item of this.#items.values()) {
        if (item.state.kind === 'waiting' && item.state.until !== undefined && !this.#mayGo(item)) {
          next = Math.min(next, item.state.until);
        }
      }
    }
    if (next !== Number.POSITIVE_INFINITY) {
      this.#wakeUp = setTimeout(() => this.#go(), Math.max(0, next - this.#parts.now()));
    }
  }

  // Asking before sending.

  async #hashAhead(): Promise<void> {
    if (this.#hashing) {
      return;
    }
    this.#hashing = true;
    try {
      for (let item = this.#nextToHash(); item; item = this.#nextToHash()) {
        await this.#hash(item);
        void this.#ask();
      }
    } finally {
      this.#hashing = false;
    }
  }

  #nextToHash(): UploadItem | undefined {
    if (this.#halted() || this.#disposed) {
      return undefined;
    }
    let ready = 0;
    for (const item of this.#items.values()) {
      if (item.state.kind !== 'waiting' || this.#attempts.has(item.id)) {
        continue;
      }
      if (this.#wantsQuestion(item)) {
        return item;
      }
      ready += 1;
      if (ready >= AHEAD) {
        return undefined;
      }
    }
    return undefined;
  }

  async #hash(item: UploadItem): Promise<void> {
    this.#put({ ...item, state: { kind: 'hashing' } });
    this.#tick();
    const file = this.#files.get(item.id);
    let sha256 = item.sha256;
    try {
      if (sha256 === null && this.#parts.sha256 && file) {
        sha256 = await this.#parts.sha256(file);
      }
    } catch (cause) {
      this.#stumble(item, new Unreadable(item.name, { cause }));
      return;
    }
    const current = this.#items.get(item.id);
    if (current?.state.kind === 'hashing') {
      this.#put({ ...current, sha256 });
      this.#toAsk.push(item.id);
    }
  }

  async #ask(): Promise<void> {
    if (this.#asking) {
      return;
    }
    this.#asking = true;
    try {
      while (this.#toAsk.length > 0) {
        await this.#askAbout(this.#nextQuestion());
        this.#go();
      }
    } finally {
      this.#asking = false;
    }
  }

  /** The next checksums of one space. */
  #nextQuestion(): UploadItem[] {
    const waiting = this.#toAsk.flatMap((id) => this.#items.get(id) ?? []);
    const spaceId = waiting[0]?.spaceId;
    const question = waiting.filter((item) => item.spaceId === spaceId).slice(0, ASK_AT_ONCE);
    const asked = new Set(question.map((item) => item.id));
    this.#toAsk = waiting.map((item) => item.id).filter((id) => !asked.has(id));
    return question;
  }

  async #askAbout(items: readonly UploadItem[]): Promise<void> {
    const [first] = items;
    if (!first) {
      return;
    }
    const known = new Map<string, CheckedChecksum>();
    try {
      const checksums = [...new Set(items.flatMap((item) => item.sha256 ?? []))];
      for (const answer of await this.#parts.check(first.spaceId, checksums)) {
        known.set(answer.checksum, answer);
      }
    } catch (error) {
      this.#postpone(items, error);
      return;
    }
    for (const { id } of items) {
      this.#learn(id, known);
    }
  }

  #learn(id: string, known: ReadonlyMap<string, CheckedChecksum>): void {
    const item = this.#items.get(id);
    if (item?.state.kind !== 'hashing') {
      return;
    }
    this.#asked.add(id);
    const answer = item.sha256 === null ? undefined : known.get(item.sha256);
    if (answer?.state === 'present' || answer?.state === 'trashed') {
      this.#finish(item, { assetId: answer.id, duplicate: true, trashed: answer.state === 'trashed' });
    } else if (answer?.state === 'deleted') {
      this.#put({ ...item, state: { kind: 'question' } });
    } else {
      this.#put({ ...item, state: { kind: 'waiting' } });
    }
  }

  /** The question got no answer. When nobody can answer now, ask again later; else send without having asked. */
  #postpone(items: readonly UploadItem[], error: unknown): void {
    const decision = decide(error, {
      failures: 1,
      outages: this.#outages,
      resuming: false,
      random: this.#parts.random,
    });
    if (decision.act === 'wait-queue') {
      this.#shut(decision.why, decision.delay);
    }
    if (decision.act === 'sign-in') {
      this.#signedOut = true;
    }
    for (const { id } of items) {
      const item = this.#items.get(id);
      if (item?.state.kind !== 'hashing') {
        continue;
      }
      if (!this.#halted()) {
        this.#asked.add(id);
      }
      this.#put({ ...item, state: { kind: 'waiting' } });
    }
  }

  // Remembering.

  #put(item: UploadItem): void {
    this.#items.set(item.id, item);
    this.#unsaved.add(item.id);
  }

  #forget(id: string): void {
    this.#items.delete(id);
    this.#files.delete(id);
    this.#asked.delete(id);
    this.#unsaved.add(id);
  }

  /** Brings the journal up to date; changes that come while it writes are written in the next round. */
  async #save(): Promise<void> {
    if (this.#saving) {
      return;
    }
    this.#saving = true;
    try {
      while (this.#unsaved.size > 0 && !this.#disposed) {
        const ids = [...this.#unsaved];
        this.#unsaved.clear();
        const items = ids.flatMap((id) => this.#items.get(id) ?? []);
        const gone = ids.filter((id) => {
          const item = this.#items.get(id);
          return !item || isFinished(item.state);
        });
        await this.#parts.journal.write(items.filter((item) => !isFinished(item.state)));
        await this.#parts.journal.drop(gone);
        for (const id of gone) {
          this.#unremember(id);
        }
      }
    } catch {
      // No journal (a private window, a full disk): the queue lives in memory, and `atRisk` says so.
    } finally {
      this.#saving = false;
      void this.#keepAhead();
    }
  }

  /** See [Note: Keeping the bytes]. */
  async #keepAhead(): Promise<void> {
    if (this.#keeping) {
      return;
    }
    this.#keeping = true;
    try {
      for (const { id } of this.#items.values()) {
        const item = this.#items.get(id);
        if (
          item &&
          !this.#disposed &&
          item.size <= this.#keepBudget - this.#keptBytes &&
          this.#needsKeeping(item)
        ) {
          await this.#keep(item);
        }
      }
    } finally {
      this.#keeping = false;
      this.#announce();
    }
  }

  #needsKeeping(item: UploadItem): boolean {
    const wanted = isUnderway(item.state) || item.state.kind === 'question' || canRetry(item);
    return wanted && this.#files.has(item.id) && !this.#kept.has(item.id);
  }

  async #keep(item: UploadItem): Promise<void> {
    const file = this.#files.get(item.id);
    if (!file) {
      return;
    }
    this.#remember(item.id, item.size);
    if (!(await this.#parts.journal.keep(item.id, file).catch(() => false))) {
      this.#unremember(item.id);
      this.#keepBudget = this.#keptBytes;
    } else if (!this.#files.has(item.id)) {
      this.#unsaved.add(item.id);
      void this.#save();
    }
  }

  #remember(id: string, size: number): void {
    this.#kept.set(id, size);
    this.#keptBytes += size;
  }

  #unremember(id: string): void {
    this.#keptBytes -= this.#kept.get(id) ?? 0;
    this.#kept.delete(id);
  }

  #unfinishedByKey(): Map<string, UploadItem[]> {
    const byKey = new Map<string, UploadItem[]>();
    for (const item of this.#items.values()) {
      if (!isFinished(item.state)) {
        const key = itemKey(item);
        byKey.set(key, [...(byKey.get(key) ?? []), item]);
      }
    }
    return byKey;
  }

  /** The same file was chosen again: gives a missing item its bytes back, and a failed one another chance. */
  #bringBack(id: string, file: File): void {
    const item = this.#items.get(id);
    if (item?.state.kind === 'missing') {
      this.#files.set(id, file);
      this.#put({ ...item, state: { kind: 'waiting' } });
    } else if (item?.state.kind === 'failed') {
      this.#files.set(id, file);
      this.retry(id);
    }
  }

  // Telling.

  /** Tells listeners in this turn of the event loop, once however much changes. */
  #announce(): void {
    if (this.#announcing || this.#disposed) {
      return;
    }
    this.#announcing = true;
    queueMicrotask(() => {
      this.#announcing = false;
      this.#tell();
    });
  }

  /** Tells listeners a little later: progress comes too often to draw each step. */
  #tick(): void {
    if (this.#ticking === undefined && !this.#disposed) {
      this.#ticking = setTimeout(() => this.#tell(), TICK);
    }
  }

  #tell(): void {
    clearTimeout(this.#ticking);
    this.#ticking = undefined;
    if (this.#disposed) {
      return;
    }
    if (this.#attempts.size === 0) {
      this.#meter.reset();
    }
    this.#snapshot = this.#look();
    for (const listener of this.#listeners) {
      listener();
    }
  }

  #look(): UploadSnapshot {
    const items = [...this.#items.values()];
    const totals = totalsOf(items);
    const speed = this.#halted() ? null : this.#meter.speed(this.#parts.now());
    return {
      items,
      totals,
      halt: totals.active + totals.waiting > 0 ? this.#halt() : null,
      speed,
      secondsLeft: secondsLeft(totals, speed),
      looking: this.#walks > 0,
      atRisk: items.some((item) => isUnderway(item.state) && !this.#kept.has(item.id)),
    };
  }

  #halt(): Halt | null {
    if (this.#paused) {
      return { why: 'paused', until: null };
    }
    if (this.#signedOut) {
      return { why: 'signed-out', until: null };
    }
    if (!this.#gate) {
      return null;
    }
    const { why, until } = this.#gate;
    return { why: why === 'unreachable' && !this.#parts.online() ? 'offline' : why, until };
  }
}

function stateAfterReload(state: ItemState, hasFile: boolean): ItemState {
  if (state.kind === 'failed' || state.kind === 'present') {
    return state;
  }
  if (!hasFile) {
    return { kind: 'missing' };
  }
  return state.kind === 'question' ? state : { kind: 'waiting' };
}
