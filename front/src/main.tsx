import '@/shared/ui/base.css';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { ApiError, Problem } from '@/api/problem';
import { personOf, sessionState, subscribeToSession } from '@/api/session';
import { App } from '@/routes/App';
import { lastSpace } from '@/routes/lastSpace';
import { sessionQuery } from '@/routes/session';
import { chooseLanguage, currentLanguage, onLanguage } from '@/shared/i18n';
import { forgetDrafts, ownDrafts } from '@/shared/lib/drafts';
import { PartMissing } from '@/shared/lib/part';
import { Toasts } from '@/shared/ui';

/** Draws the application; whoever calls this has chosen the language. */
export function start(element: HTMLElement): void {
  const queries = makeQueries();
  followSession(queries);
  createRoot(element, { onCaughtError: reportUnlessTold }).render(
    <StrictMode>
      <QueryClientProvider client={queries}>
        <App />
        <Toasts />
      </QueryClientProvider>
    </StrictMode>,
  );
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
    const wanted = state.status === 'signed-in' ? state.user.locale : null;
    if (wanted && wanted !== currentLanguage()) void chooseLanguage(wanted);
  });
  onLanguage(() => void queries.invalidateQueries());
}

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
