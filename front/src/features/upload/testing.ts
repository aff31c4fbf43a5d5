/** Stand-ins for the world around the upload queue, for its tests. */
import type { CheckedChecksum } from '@/api/types';
import type { Journal } from './journal';
import type { UploadItem } from './model';
import type { SendHooks, Stored, UploadParts } from './store';

export const SPACE = '018f0000-0000-7000-8000-000000000001';

export function fileOf(name: string, text = name, modified = 1_700_000_000_000): File {
  return new File([text], name, { type: 'image/jpeg', lastModified: modified });
}

/** A file that claims a size without having the bytes. */
export function bigFile(name: string, size: number): File {
  const file = fileOf(name);
  Object.defineProperty(file, 'size', { value: size });
  return file;
}

/** One request to send a file, answered when the test says so. */
export interface Sending {
  readonly item: UploadItem;
  readonly file: File;
  readonly hooks: SendHooks;
  resolve(stored?: Partial<Stored>): void;
  reject(error: unknown): void;
}

export class FakeServer {
  readonly sendings: Sending[] = [];
  readonly questions: string[][] = [];
  readonly terminated: string[] = [];
  readonly restored: string[][] = [];
  readonly states = new Map<string, CheckedChecksum['state']>();
  checkError: unknown = null;

  /** Those not answered yet. */
  readonly open: Sending[] = [];

  send(item: UploadItem, file: File, hooks: SendHooks): Promise<Stored> {
    return new Promise((resolve, reject) => {
      const close = () => {
        this.open.splice(this.open.indexOf(sending), 1);
      };
      const sending: Sending = {
        item,
        file,
        hooks,
        resolve: (stored = {}) => {
          close();
          resolve({ assetId: `asset-${item.name}`, duplicate: false, trashed: false, ...stored });
        },
        reject: (error) => {
          close();
          reject(error);
        },
      };
      hooks.signal.addEventListener('abort', () => sending.reject(hooks.signal.reason), { once: true });
      this.sendings.push(sending);
      this.open.push(sending);
    });
  }

  async check(_spaceId: string, checksums: string[]): Promise<CheckedChecksum[]> {
    this.questions.push(checksums);
    if (this.checkError !== null) throw this.checkError;
    return checksums.map((checksum) => {
      const state = this.states.get(checksum) ?? 'new';
      return { checksum, state, id: state === 'present' || state === 'trashed' ? `asset-${checksum}` : null };
    });
  }
}

/** Remembers in memory; `refuse` makes it behave like a browser that will not store files. */
export class FakeJournal implements Journal {
  readonly items = new Map<string, UploadItem>();
  readonly files = new Map<string, File>();
  refuse = false;
  bytesLeft = Number.POSITIVE_INFINITY;

  async load() {
    return [...this.items.values()].map((item) => ({ item, file: this.files.get(item.id) ?? null }));
  }

  async write(items: readonly UploadItem[]) {
    for (const item of items) this.items.set(item.id, item);
  }

  async room() {
    return this.bytesLeft;
  }

  async keep(id: string, file: File) {
    if (!this.refuse) this.files.set(id, file);
    return !this.refuse;
  }

  async drop(ids: readonly string[]) {
    for (const id of ids) {
      this.items.delete(id);
      this.files.delete(id);
    }
  }

  async forget() {
    this.items.clear();
    this.files.clear();
  }
}

export interface World {
  readonly parts: UploadParts;
  readonly server: FakeServer;
  readonly journal: FakeJournal;
  readonly stored: { spaceId: string; stored: Stored }[];
  online: boolean;
}

/** Parts for a store. The checksum of a file is its text; `hash: false` is a page that is not secure. */
export function worldOf({ hash = false, lanes = 3, journal = new FakeJournal() } = {}): World {
  const server = new FakeServer();
  const world: World = {
    server,
    journal,
    stored: [],
    online: true,
    parts: {
      send: (item, file, hooks) => server.send(item, file, hooks),
      check: (spaceId, checksums) => server.check(spaceId, checksums),
      terminate: async (url) => void server.terminated.push(url),
      untrash: async (ids) => void server.restored.push(ids),
      sha256: hash ? (file) => textOf(file) : null,
      hashLimit: 64 * 1024 * 1024,
      journal,
      online: () => world.online,
      lanes: () => lanes,
      now: () => Date.now(),
      random: () => 1,
      stored: (spaceId, stored) => void world.stored.push({ spaceId, stored }),
    },
  };
  return world;
}

function textOf(file: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => reject(reader.error);
    reader.readAsText(file);
  });
}
