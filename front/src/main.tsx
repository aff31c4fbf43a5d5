import '@/shared/ui/base.css';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { ApiError, Problem } from '@/api/problem';
import { sessionState, speak, subscribeToSession } from '@/api/session';
import { launchLanguage, startMax } from '@/features/account/max';
import { App } from '@/routes/App';
import { sessionQuery } from '@/routes/session';
import { warmUp } from '@/routes/warm';
import {
  chooseLanguage,
  currentLanguage,
  firstLanguage,
  type Language,
  onLanguage,
  setHostLanguage,
  startLanguage,
} from '@/shared/i18n';
import { applyTheme } from '@/shared/lib/theme';
import { Toasts } from '@/shared/ui';

const texts = { ru: () => import('./locales/ru'), en: () => import('./locales/en') };

async function start(element: HTMLElement): Promise<void> {
  applyTheme();
  startMax();
  setHostLanguage(launchLanguage());
  speak(firstLanguage());
  onLanguage(speak);
  const queries = makeQueries();
  const speaking = startLanguage(async (language: Language) => (await texts[language]()).default);
  void warmUp(queries);
  await speaking;
  followSession(queries);
  createRoot(element).render(
    <StrictMode>
      <QueryClientProvider client={queries}>
        <App />
        <Toasts />
      </QueryClientProvider>
    </StrictMode>,
  );
}

function makeQueries(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 30_000,
        // The browser's opinion about the network is not asked: it is often wrong inside messengers.
        networkMode: 'always',
        retry: (failures, error) => failures < 2 && worthRetrying(error),
      },
      mutations: { networkMode: 'always' },
    },
  });
}

/** A refusal stays a refusal; a busy or unreachable server may answer next time. */
function worthRetrying(error: unknown): boolean {
  return error instanceof Problem ? error.status >= 500 : error instanceof ApiError;
}

/**
 * The language of the account wins over the device's, and answers in the old language are asked for again. What one
 * person saw is forgotten before the next signs in.
 */
function followSession(queries: QueryClient): void {
  subscribeToSession(() => {
    const state = sessionState();
    if (state.status === 'signed-out') queries.removeQueries({ predicate: isPersonal });
    const wanted = state.status === 'signed-in' ? state.user.locale : null;
    if (wanted && wanted !== currentLanguage()) void chooseLanguage(wanted);
  });
  onLanguage(() => void queries.invalidateQueries());
}

function isPersonal({ queryKey }: { queryKey: readonly unknown[] }): boolean {
  return queryKey[0] !== sessionQuery.queryKey[0];
}

const element = document.getElementById('root');
if (element) void start(element);
