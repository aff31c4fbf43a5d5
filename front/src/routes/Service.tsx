import { useEffect, useEffectEvent, useSyncExternalStore } from 'react';
import { authorizedFetch } from '@/api/authorized';
import { api, call } from '@/api/client';
import { sessionState, subscribeToSession } from '@/api/session';
import { useLanguage, useTranslation } from '@/shared/i18n';
import { useBusy } from '@/shared/lib/busy';
import { isUpdateReady, startServiceWorker, subscribeToUpdate, takeUpdate } from '@/shared/lib/serviceWorker';
import { toast } from '@/shared/ui';

/** The longest that a toast can stay, for one that stays until it is answered. */
const UNTIL_ANSWERED = 2 ** 31 - 1;

/**
 * The page's ties to its service worker: starts it once the first photos are there, has it know the person, and tells of
 * new versions. Draws nothing.
 */
export default function Service() {
  useManifest();
  useEffect(() => {
    void startServiceWorker(keepWhatIsHere).catch(() => undefined);
    void keepProfile();
    return subscribeToSession(() => void keepProfile());
  }, []);
  useUpdatePrompt();
  return null;
}

/** An upload is not to be interrupted, and nobody should have to decide that: the question comes after it. */
function useUpdatePrompt(): void {
  const { t } = useTranslation('shell');
  const isReady = useSyncExternalStore(subscribeToUpdate, isUpdateReady);
  const isBusy = useBusy();
  const asks = isReady && !isBusy;
  const ask = useEffectEvent(() =>
    toast({
      text: t('update.ready'),
      action: { label: t('update.reload'), onAction: takeUpdate },
      duration: UNTIL_ANSWERED,
    }),
  );
  useEffect(() => (asks ? ask() : undefined), [asks]);
}

/** Tells the browser how to install the gallery, in the person's language. Not before: it would fetch that at once. */
function useManifest(): void {
  const language = useLanguage();
  useEffect(() => {
    const link = document.createElement('link');
    link.rel = 'manifest';
    link.href = language === 'ru' ? '/manifest.webmanifest' : `/manifest.${language}.webmanifest`;
    document.head.append(link);
    return () => link.remove();
  }, [language]);
}

/** Without a network this says who may look at what is kept. */
async function keepProfile(): Promise<void> {
  if (sessionState().status !== 'signed-in' || !navigator.serviceWorker.controller) return;
  await call(api.GET('/api/me')).catch(() => undefined);
}

/** The service worker came after the first photos. It is shown once more what the page has just fetched. */
async function keepWhatIsHere(): Promise<void> {
  await keepProfile();
  const addresses = performance.getEntriesByType('resource').map(({ name }) => name);
  for (const address of new Set(addresses)) {
    const { pathname } = new URL(address);
    try {
      if (/^\/api\/(spaces|timeline|timeline\/window)$/.test(pathname)) await authorizedFetch(address);
      else if (/^\/media\/[^/]+\/thumb-\d+$/.test(pathname)) await fetch(address, { cache: 'force-cache' });
    } catch {
      // It will be kept when it is looked at the next time.
    }
  }
}
