/** What people have typed and could not save yet: kept for this tab, whatever becomes of the page. */

const PREFIX = 'gallery.draft.';

export function keptDraft(key: string): string | null {
  try {
    return sessionStorage.getItem(PREFIX + key);
  } catch {
    return null;
  }
}

/** null forgets it. */
export function keepDraft(key: string, text: string | null): void {
  try {
    if (text === null) sessionStorage.removeItem(PREFIX + key);
    else sessionStorage.setItem(PREFIX + key, text);
  } catch {
    // Private windows may forbid storage; the text is still in its field.
  }
}
