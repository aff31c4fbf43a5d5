/**
 * What was typed into a form and not sent yet. It outlives a closed dialog, another page and a reload, and ends with the
 * tab, or when its form has been accepted or its person leaves.
 */
export type Draft = Readonly<Record<string, string>>;

const PREFIX = 'gallery.draft.';
/** Whose they are, also through a reload. */
const OWNER = `${PREFIX}owner`;

/** Drafts whose form is on its way: another form of the name that opens meanwhile begins anew, a reload does not. */
const sending = new Set<string>();

export function readDraft(name: string): Draft {
  if (sending.has(name)) return {};
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(PREFIX + name) ?? '{}');
    const entries = Object.entries(kept ?? {}).filter(([, value]) => typeof value === 'string');
    return Object.fromEntries(entries) as Draft;
  } catch {
    return {};
  }
}

/** Keeps a draft; one without fields is none. */
export function keepDraft(name: string, draft: Draft): void {
  sending.delete(name);
  try {
    if (Object.keys(draft).length === 0) sessionStorage.removeItem(PREFIX + name);
    else sessionStorage.setItem(PREFIX + name, JSON.stringify(draft));
  } catch {
    // Storage may be full or forbidden; the form itself still has everything.
  }
}

/** Drops a draft when it has arrived, unless somebody has begun another one by then. Rejects as `arrival` does. */
export async function dropDraftOn(arrival: Promise<unknown>, name: string): Promise<void> {
  sending.add(name);
  try {
    await arrival;
    if (sending.has(name)) keepDraft(name, {});
  } finally {
    sending.delete(name);
  }
}

/** From now on they are this person's; false when they were somebody else's until now. */
export function ownDrafts(userId: string): boolean {
  const owner = sessionStorage.getItem(OWNER);
  sessionStorage.setItem(OWNER, userId);
  return owner === null || owner === userId;
}

export function forgetDrafts(): void {
  const names = Object.keys(sessionStorage).filter((key) => key.startsWith(PREFIX));
  for (const name of names) sessionStorage.removeItem(name);
}
