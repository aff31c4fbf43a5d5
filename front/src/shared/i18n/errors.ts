import { useTranslation } from '@/shared/i18n';

/** What the API's errors have in common with each other, as far as words are concerned. */
interface Told {
  name?: unknown;
  title?: unknown;
  status?: unknown;
}

/**
 * One sentence for a person about anything that was thrown. The server's own words come first; it speaks the
 * person's language.
 */
export function useErrorText(): (error: unknown) => string {
  const { t } = useTranslation();
  return (error) => {
    const { name, title, status } = (typeof error === 'object' && error ? error : {}) as Told;
    if (typeof title === 'string' && title) return title;
    if (name === 'Offline') return t('error.offline');
    if (typeof status === 'number' && status >= 502 && status <= 504) return t('error.busy');
    return t('error.unknown');
  };
}
