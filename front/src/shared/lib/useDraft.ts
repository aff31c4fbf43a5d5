import { useState } from 'react';
import { type Draft, keepDraft, readDraft } from './drafts';

/** The fields of a form that begins with `first`, kept under `name` while they differ from that; and how they change. */
export function useDraft<T extends Draft>(name: string, first: T): [T, (change: Partial<T>) => void] {
  const [fields, setFields] = useState<T>(() => ({ ...first, ...readDraft(name) }));
  return [
    fields,
    (change) => {
      const next = { ...fields, ...change };
      setFields(next);
      keepDraft(
        name,
        Object.fromEntries(Object.entries(next).filter(([key, value]) => value !== first[key])),
      );
    },
  ];
}
