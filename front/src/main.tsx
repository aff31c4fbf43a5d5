import '@/shared/ui/base.css';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { speak } from '@/api/session';
import { makeRouter } from '@/routes/router';
import { type Language, onLanguage, startLanguage } from '@/shared/i18n';
import { Toasts } from '@/shared/ui';

const texts = { ru: () => import('./locales/ru'), en: () => import('./locales/en') };

async function start(element: HTMLElement): Promise<void> {
  onLanguage(speak);
  await startLanguage(async (language: Language) => (await texts[language]()).default);
  const queries = new QueryClient();
  const router = makeRouter(queries);
  createRoot(element).render(
    <StrictMode>
      <QueryClientProvider client={queries}>
        <RouterProvider router={router} />
        <Toasts />
      </QueryClientProvider>
    </StrictMode>,
  );
}

const element = document.getElementById('root');
if (element) void start(element);
