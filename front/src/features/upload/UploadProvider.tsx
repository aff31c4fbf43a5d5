import { useQueryClient } from '@tanstack/react-query';
import { createContext, type ReactNode, useContext, useState, useSyncExternalStore } from 'react';
import { useTranslation } from '@/shared/i18n';
import { toast } from '@/shared/ui';
import { queueOf } from './queues';
import type { UploadSnapshot, UploadStore } from './store';

export interface Upload {
  /** Opens the system's file dialogue. Must be called from a click. */
  pick(spaceId: string, what?: 'files' | 'folder'): void;
  /** Adds files and whole folders to the queue. */
  addFiles(spaceId: string, things: readonly (File | FileSystemEntry)[]): Promise<void>;
  readonly store: UploadStore;
}

export const UploadContext = createContext<Upload | null>(null);

/** Gives the pages below it the upload queue of `userId`. */
export function UploadProvider({ userId, children }: { userId: string; children: ReactNode }) {
  return (
    <Provider key={userId} userId={userId}>
      {children}
    </Provider>
  );
}

function Provider({ userId, children }: { userId: string; children: ReactNode }) {
  const { t } = useTranslation('upload');
  const queries = useQueryClient();
  const [store] = useState(() => queueOf(userId, queries));

  async function addFiles(spaceId: string, things: readonly (File | FileSystemEntry)[]): Promise<void> {
    const { unreadable } = await store.addFiles(spaceId, things);
    if (unreadable > 0) toast({ tone: 'error', text: t('unreadable', { count: unreadable }) });
  }

  const upload: Upload = {
    store,
    addFiles,
    pick: (spaceId, what = 'files') => askForFiles(what, (files) => void addFiles(spaceId, files)),
  };
  return <UploadContext value={upload}>{children}</UploadContext>;
}

export function useUpload(): Upload {
  const upload = useContext(UploadContext);
  if (!upload) throw new Error('useUpload needs an UploadProvider above it');
  return upload;
}

export function useUploadSnapshot(): UploadSnapshot {
  const { store } = useUpload();
  return useSyncExternalStore(store.subscribe, store.snapshot);
}

/**
 * [Note: No accept attribute]
 * `accept="image/*"` looks natural and costs people their data: Android then opens its photo picker, which takes the place
 * out of every picture, and iPhones turn HEIC into JPEG more eagerly. Without it the person may choose a spreadsheet, and
 * the queue tells that the gallery does not take those.
 */
function askForFiles(what: 'files' | 'folder', chosen: (files: File[]) => void): void {
  const input = document.createElement('input');
  input.type = 'file';
  input.multiple = true;
  input.webkitdirectory = what === 'folder';
  input.hidden = true;
  input.addEventListener('change', () => {
    chosen([...(input.files ?? [])]);
    input.remove();
  });
  input.addEventListener('cancel', () => input.remove());
  // Safari tells nothing about an input that is not in the document.
  document.body.append(input);
  input.click();
}
