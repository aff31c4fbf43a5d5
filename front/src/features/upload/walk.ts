import type { PickedFile } from './model';

/** What operating systems and synchronising programs leave in folders: never photos, and never worth a refusal on screen. */
const LITTER = /^(\.|Thumbs\.db$|ehthumbs\.db$|desktop\.ini$|Icon\r$|~\$)|\.(crdownload|part|tmp)$/i;
const LITTER_FOLDERS = /^(\.|__MACOSX$|@eaDir$|\$RECYCLE\.BIN$)/i;

export function isLitter(name: string): boolean {
  return LITTER.test(name);
}

export interface Walked {
  /** Files and folders that could not be opened. */
  readonly unreadable: number;
}

/**
 * Goes through files and folders and calls `found` with each batch of files as it comes, so that the first photo is on
 * its way long before a large folder has been read to its end.
 */
export async function walk(
  things: readonly (File | FileSystemEntry)[],
  found: (files: PickedFile[]) => void,
): Promise<Walked> {
  let unreadable = 0;
  const plain: PickedFile[] = [];
  const open: { entry: FileSystemEntry; path: string }[] = [];
  for (const thing of things) {
    if (thing instanceof File) {
      plain.push({ file: thing, path: folderOf(thing) });
    } else {
      open.push({ entry: thing, path: '' });
    }
  }
  give(plain, found);

  while (open.length > 0) {
    const here = open.splice(0, 100);
    const batch = await Promise.all(here.map(({ entry, path }) => look(entry, path)));
    give(
      batch.flatMap((seen) => seen.files),
      found,
    );
    for (const seen of batch) {
      unreadable += seen.unreadable;
    }
    // Deeper folders go first: a folder is finished before the next begins, which is the order people expect.
    open.unshift(...batch.flatMap((seen) => seen.entries));
  }
  return { unreadable };
}

interface Seen {
  readonly files: PickedFile[];
  readonly entries: { entry: FileSystemEntry; path: string }[];
  readonly unreadable: number;
}

async function look(entry: FileSystemEntry, path: string): Promise<Seen> {
  try {
    if (isFile(entry)) {
      return { files: [{ file: await fileOf(entry), path }], entries: [], unreadable: 0 };
    }
    if (!isFolder(entry) || LITTER_FOLDERS.test(entry.name)) {
      return { files: [], entries: [], unreadable: 0 };
    }
    const inside = path === '' ? entry.name : `${path}/${entry.name}`;
    const children = await childrenOf(entry);
    children.sort((a, b) => a.name.localeCompare(b.name, undefined, { numeric: true }));
    return { files: [], entries: children.map((child) => ({ entry: child, path: inside })), unreadable: 0 };
  } catch {
    return { files: [], entries: [], unreadable: 1 };
  }
}

function give(files: PickedFile[], found: (files: PickedFile[]) => void): void {
  const wanted = files.filter(({ file }) => !isLitter(file.name));
  if (wanted.length > 0) {
    found(wanted);
  }
}

/** A file from `<input webkitdirectory>` carries its folders in `webkitRelativePath`. */
function folderOf(file: File): string {
  const path = file.webkitRelativePath;
  return path ? path.slice(0, Math.max(0, path.lastIndexOf('/'))) : '';
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile;
}

function isFolder(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory;
}

function fileOf(entry: FileSystemFileEntry): Promise<File> {
  return new Promise((resolve, reject) => {
    entry.file(resolve, reject);
  });
}

/** All children: `readEntries` hands out at most a hundred at a time and an empty list at the end. */
async function childrenOf(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const children: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => {
      reader.readEntries(resolve, reject);
    });
    if (some.length === 0) {
      return children;
    }
    children.push(...some);
  }
}

/**
 * Files and folders of a drop or a paste. Must be called inside the event: the browser empties the list afterwards.
 */
export function thingsOf(data: DataTransfer): (File | FileSystemEntry)[] {
  const things: (File | FileSystemEntry)[] = [];
  for (const item of data.items) {
    if (item.kind !== 'file') {
      continue;
    }
    const thing = item.webkitGetAsEntry?.() ?? item.getAsFile();
    if (thing) {
      things.push(thing);
    }
  }
  return things;
}
