import { useTranslation } from '@/shared/i18n';

/** What the API's errors have in common with each other, as far as words are concerned. */
interface Told {
  name?: unknown;
  title?: unknown;
  status?: unknown;
  retryAfter?: unknown;
}

/** What a person can do about it: look at the network, wait, or try again. */
export type Trouble = 'offline' | 'busy' | 'other';

export function troubleOf(error: unknown): Trouble {
  const { name, status } = told(error);
  if (name === 'Offline') return 'offline';
  const isBusy = typeof status === 'number' && (status === 429 || (status >= 502 && status <= 504));
  return isBusy ? 'busy' : 'other';
}

/** Seconds that the server wants to be left alone; null when it did not say. */
export function patienceOf(error: unknown): number | null {
  const { retryAfter } = told(error);
  return typeof retryAfter === 'number' && retryAfter > 0 ? Math.ceil(retryAfter) : null;
}

/**
 * One sentence for a person about anything that was thrown, and another about when to try again where the server named a
 * time. The server's own words come first; it speaks the person's language.
 */
export function useErrorText(): (error: unknown) => string {
  const sentence = useSentence();
  const when = useWhenAgain();
  return (error) => {
    const seconds = patienceOf(error);
    return seconds === null ? sentence(error) : `${sentence(error)} ${when(seconds)}`;
  };
}

/** What happened, without a word about when to try again. */
export function useSentence(): (error: unknown) => string {
  const { t } = useTranslation();
  return (error) => {
    const { title } = told(error);
    if (typeof title === 'string' && title) return title;
    const trouble = troubleOf(error);
    return t(trouble === 'other' ? 'error.unknown' : `error.${trouble}`);
  };
}

function useWhenAgain(): (seconds: number) => string {
  const { t } = useTranslation();
  return (seconds) =>
    seconds < 90
      ? t('again.seconds', { count: seconds })
      : t('again.minutes', { count: Math.ceil(seconds / 60) });
}

function told(error: unknown): Told {
  return typeof error === 'object' && error ? error : {};
}
