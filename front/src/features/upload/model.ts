/**
 * What the upload queue knows about one file, and the words for everything that can happen to it.
 *
 *     waiting -> hashing -> waiting -> sending -> verifying -> done
 *                      \                    \           \-> present   (the space has these bytes already)
 *                       \-> present          \-> waiting  (cut, busy, offline: goes on by itself)
 *                        \-> question         \-> question (deleted from this space before: ask)
 *                                              \-> failed  (with a reason in words)
 *     missing: the page was reloaded and the browser kept no copy of the bytes; the same file must be chosen again.
 */

/** Why a file was not accepted; each has a sentence in locales under `reason`. */
export type FailReason =
  | 'unsupported-type'
  | 'too-large'
  | 'space-full'
  | 'storage-full'
  | 'forbidden'
  | 'empty-file'
  | 'unreadable'
  | 'changed'
  | 'refused'
  | 'server-error';

export type ItemState =
  | { readonly kind: 'waiting'; readonly until?: number }
  | { readonly kind: 'hashing' }
  | { readonly kind: 'sending' }
  | { readonly kind: 'verifying' }
  | { readonly kind: 'done'; readonly assetId: string }
  | { readonly kind: 'present'; readonly assetId: string | null; readonly trashed: boolean }
  | { readonly kind: 'question' }
  | { readonly kind: 'missing' }
  | { readonly kind: 'failed'; readonly reason: FailReason; readonly title: string };

export interface UploadItem {
  readonly id: string;
  readonly spaceId: string;
  readonly name: string;
  /** Folders between what was dropped and the file, `Trip/Day 1`; empty for a file on its own. */
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** The file system's time of change, milliseconds since 1970. */
  readonly modified: number;
  readonly mime: string;
  /** Lower-case hex, once known. */
  readonly sha256: string | null;
  /** Where the server keeps the part it already has. */
  readonly uploadUrl: string | null;
  /** Bytes handed over so far. */
  readonly sent: number;
  /** Attempts that failed in a row. */
  readonly attempts: number;
  /** The person wants it although it was deleted from this space before. */
  readonly revive: boolean;
  readonly state: ItemState;
}

/** A file the person gave us, with the folders it lay in. */
export interface PickedFile {
  readonly file: File;
  readonly path: string;
}

/** Why the whole queue stands still; `until` (milliseconds since 1970) is when it tries again by itself. */
export type Halt =
  | { readonly why: 'paused' | 'signed-out'; readonly until: null }
  | { readonly why: 'offline' | 'unreachable' | 'busy'; readonly until: number };

export type Section = 'attention' | 'active' | 'waiting' | 'finished';

/** Which part of the list a file belongs to. */
export function sectionOf(state: ItemState): Section {
  switch (state.kind) {
    case 'failed':
    case 'question':
    case 'missing':
      return 'attention';
    case 'sending':
    case 'verifying':
      return 'active';
    case 'waiting':
    case 'hashing':
      return 'waiting';
    case 'done':
      return 'finished';
    case 'present':
      // It is safe, and nobody will see it: the person should know, and may want it back.
      return state.trashed ? 'attention' : 'finished';
  }
}

export function isFinished(state: ItemState): boolean {
  return sectionOf(state) === 'finished';
}

/** True while the file still has to get to the server and nobody has to be asked first. */
export function isUnderway(state: ItemState): boolean {
  const section = sectionOf(state);
  return section === 'active' || section === 'waiting';
}

/** Tries again with some hope: a refused type or an empty file stays what it is. */
export function canRetry(item: UploadItem): boolean {
  return (
    item.state.kind === 'failed' &&
    item.state.reason !== 'empty-file' &&
    item.state.reason !== 'unsupported-type'
  );
}

const HEX = '0123456789abcdef';

/** A random 128-bit name. `crypto.randomUUID` exists on secure pages only; a gallery on a home network may not be one. */
export function newId(): string {
  let id = '';
  for (const byte of crypto.getRandomValues(new Uint8Array(16))) {
    id += HEX.charAt(byte >> 4) + HEX.charAt(byte & 15);
  }
  return id;
}

export function newItem(spaceId: string, picked: PickedFile): UploadItem {
  const { file, path } = picked;
  return {
    id: newId(),
    spaceId,
    name: file.name,
    path,
    size: file.size,
    modified: file.lastModified,
    mime: file.type,
    sha256: null,
    uploadUrl: null,
    sent: 0,
    attempts: 0,
    revive: false,
    state: file.size === 0 ? { kind: 'failed', reason: 'empty-file', title: '' } : { kind: 'waiting' },
  };
}

/** Equal for what is the same file on disk, as far as a browser lets us see. */
export function fileKey(spaceId: string, file: File): string {
  return keyOf(spaceId, file.name, file.size, file.lastModified);
}

export function itemKey(item: UploadItem): string {
  return keyOf(item.spaceId, item.name, item.size, item.modified);
}

function keyOf(spaceId: string, name: string, size: number, modified: number): string {
  return JSON.stringify([spaceId, name, size, modified]);
}
