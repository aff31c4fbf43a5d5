import { describe, expect, it } from 'vitest';
import { fileOf } from './testing';
import { isLitter, thingsOf, walk } from './walk';

/** A folder as Chromium shows it: at most a hundred children per reading. */
function folder(name: string, children: FileSystemEntry[], broken = false): FileSystemDirectoryEntry {
  return {
    name,
    isFile: false,
    isDirectory: true,
    createReader: () => {
      let at = 0;
      return {
        readEntries: (done: (entries: FileSystemEntry[]) => void, fail: (error: DOMException) => void) => {
          if (broken) return fail(new DOMException('no', 'NotReadableError'));
          done(children.slice(at, at + 100));
          at += 100;
        },
      };
    },
  } as unknown as FileSystemDirectoryEntry;
}

function leaf(name: string, broken = false): FileSystemFileEntry {
  return {
    name,
    isFile: true,
    isDirectory: false,
    file: (done: (file: File) => void, fail: (error: DOMException) => void) =>
      broken ? fail(new DOMException('gone', 'NotFoundError')) : done(fileOf(name)),
  } as unknown as FileSystemFileEntry;
}

async function found(...things: (File | FileSystemEntry)[]) {
  const paths: string[] = [];
  const result = await walk(things, (files) => {
    paths.push(...files.map(({ file, path }) => (path === '' ? file.name : `${path}/${file.name}`)));
  });
  return { paths, ...result };
}

describe('walk', () => {
  it('goes through folders in folders, in the order people expect', async () => {
    const trip = folder('Trip', [
      folder('Day 10', [leaf('z.jpg')]),
      folder('Day 2', [leaf('y.jpg'), leaf('x.jpg')]),
      leaf('cover.jpg'),
    ]);
    expect(await found(fileOf('alone.jpg'), trip)).toEqual({
      paths: ['alone.jpg', 'Trip/cover.jpg', 'Trip/Day 2/x.jpg', 'Trip/Day 2/y.jpg', 'Trip/Day 10/z.jpg'],
      unreadable: 0,
    });
  });

  it('reads a folder to its end, however many files it holds', async () => {
    const many = Array.from({ length: 1_234 }, (_, index) => leaf(`${index}.jpg`));
    expect((await found(folder('many', many))).paths).toHaveLength(1_234);
  });

  it('counts what cannot be opened and goes on', async () => {
    const trip = folder('Trip', [leaf('gone.jpg', true), folder('locked', [], true), leaf('here.jpg')]);
    expect(await found(trip)).toEqual({ paths: ['Trip/here.jpg'], unreadable: 2 });
  });

  it('leaves out what systems put into folders', async () => {
    const trip = folder('Trip', [
      leaf('.DS_Store'),
      leaf('Thumbs.db'),
      leaf('._photo.jpg'),
      leaf('photo.jpg'),
      leaf('photo.jpg.crdownload'),
      folder('@eaDir', [leaf('photo.jpg')]),
      folder('.trash', [leaf('photo.jpg')]),
    ]);
    expect((await found(trip)).paths).toEqual(['Trip/photo.jpg']);
    expect(isLitter('Иконка.jpg')).toBe(false);
  });

  it('takes the folders of a folder input from the file itself', async () => {
    const file = fileOf('a.jpg');
    Object.defineProperty(file, 'webkitRelativePath', { value: 'Trip/Day 1/a.jpg' });
    expect((await found(file)).paths).toEqual(['Trip/Day 1/a.jpg']);
  });
});

describe('thingsOf', () => {
  it('prefers entries, falls back to files, and leaves out text', () => {
    const entry = leaf('a.jpg');
    const file = fileOf('b.jpg');
    const items = [
      { kind: 'file', webkitGetAsEntry: () => entry, getAsFile: () => fileOf('a.jpg') },
      { kind: 'file', webkitGetAsEntry: () => null, getAsFile: () => file },
      { kind: 'string', webkitGetAsEntry: () => null, getAsFile: () => null },
    ];
    expect(thingsOf({ items } as unknown as DataTransfer)).toEqual([entry, file]);
  });
});
