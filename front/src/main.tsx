import '@/shared/ui/base.css';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { StrictMode, startTransition } from 'react';
import { createRoot } from 'react-dom/client';
import { ApiError, Problem } from '@/api/problem';
import { personOf, type SessionState, sessionState, subscribeToSession } from '@/api/session';
import type { TimelineView } from '@/api/types';
import { spacesQuery } from '@/features/spaces';
import { gatherNewest, skeletonQuery } from '@/features/timeline';
import { App } from '@/routes/App';
import { lastSpace } from '@/routes/lastSpace';
import { sessionQuery } from '@/routes/session';
import { chooseLanguage, currentLanguage, onLanguage } from '@/shared/i18n';
import { forgetDrafts, ownDrafts } from '@/shared/lib/drafts';
import { PartMissing } from '@/shared/lib/part';
import { Toasts } from '@/shared/ui';

/** What has been asked for while the application travelled, beside who is signed in and which spaces they have. */
export interface Ahead {
  /** The photos that the first page shows. */
  readonly photos: { readonly spaceId: string; readonly view: TimelineView } | null;
}

/** A page that is drawn whole is there sooner than one drawn piece by piece; for what is late it does not wait longer. */
const PATIENCE_MS = 1500;

/** Draws the application; whoever calls this has chosen the language. `ahead` is null where nobody is signed in. */
export async function start(element: HTMLElement, ahead: Promise<Ahead | null>): Promise<void> {
  const queries = makeQueries();
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE_MS));
  followSession(queries);
  await Promise.race([late, gather(queries, ahead)]);
  const root = createRoot(element, { onCaughtError: reportUnlessTold });
  // In slices: a slow phone still hears its person between them.
  startTransition(() =>
    root.render(
      <StrictMode>
        <QueryClientProvider client={queries}>
          <App />
          <Toasts />
        </QueryClientProvider>
      </StrictMode>,
    ),
  );
}

/** Takes up the answers to what was asked ahead, and the language of whoever is signed in. */
async function gather(queries: QueryClient, ahead: Promise<Ahead | null>): Promise<void> {
  const asked = await ahead;
  if (!asked) return;
  const { photos } = asked;
  await Promise.all([
    queries.prefetchQuery(sessionQuery),
    queries.prefetchQuery(spacesQuery),
    photos && queries.prefetchQuery(skeletonQuery(photos.spaceId, photos.view)),
    photos && gatherNewest(photos.spaceId, photos.view),
    speakAs(sessionState()).catch(() => undefined),
  ]);
}

/** What a page has told its reader, with a way out, is no defect of the application. */
function reportUnlessTold(error: unknown): void {
  if (!(error instanceof ApiError || error instanceof PartMissing)) reportError(error);
}

function makeQueries(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 30_000,
        // The browser's opinion about the network is not asked: it is often wrong inside messengers.
        networkMode: 'always',
        retry: (failures, error) => failures < 2 && worthRetrying(error),
        retryDelay: (failures, error) => Math.max(1000 * 2 ** failures, patience(error) * 1000),
      },
      mutations: { networkMode: 'always' },
    },
  });
}

/** Who has to wait for longer than this many seconds is told so instead. */
const SHORT_WAIT = 3;

/** A refusal stays a refusal; a busy or unreachable server may answer next time. */
function worthRetrying(error: unknown): boolean {
  if (!(error instanceof Problem)) return error instanceof ApiError;
  return error.status >= 500 && patience(error) <= SHORT_WAIT;
}

function patience(error: unknown): number {
  return (error instanceof Problem && error.retryAfter) || 0;
}

/**
 * The language of the account wins over the device's, and answers in the old language are asked for again. What one
 * person saw is forgotten before the next signs in, also in a tab that was loaded anew in between; who comes back after
 * their session had ended finds it again.
 */
function followSession(queries: QueryClient): void {
  let last = sessionState();
  claimTab(queries);
  subscribeToSession(() => {
    const state = sessionState();
    const [before, now] = [personOf(last), personOf(state)];
    if (before && before.id !== now?.id) forgetPerson(queries);
    else if (last.status === 'signed-out' && state.status === 'signed-in')
      void queries.invalidateQueries({ predicate: isPersonal });
    claimTab(queries);
    last = state;
    void speakAs(state);
  });
  onLanguage(() => void queries.invalidateQueries());
}

async function speakAs(state: SessionState): Promise<void> {
  const wanted = state.status === 'signed-in' ? state.user.locale : null;
  if (wanted && wanted !== currentLanguage()) await chooseLanguage(wanted);
}

/** What the last person of this tab left in it is not the next one's. */
function claimTab(queries: QueryClient): void {
  const person = personOf(sessionState());
  if (!person || ownDrafts(person.id)) return;
  forgetPerson(queries);
  ownDrafts(person.id);
}

function forgetPerson(queries: QueryClient): void {
  queries.removeQueries({ predicate: isPersonal });
  forgetDrafts();
  lastSpace.set(null);
  // What other applications have shared, in a part of its own: few people leave, and fewer share.
  void import('@/shared/lib/inbox').then(({ emptyInbox }) => emptyInbox()).catch(() => undefined);
}

function isPersonal({ queryKey }: { queryKey: readonly unknown[] }): boolean {
  return queryKey[0] !== sessionQuery.queryKey[0];
}
