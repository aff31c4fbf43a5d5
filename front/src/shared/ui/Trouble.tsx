import { useEffect, useEffectEvent } from 'react';
import { useTranslation } from '@/shared/i18n';
import { patienceOf, troubleOf, useErrorText, useSentence } from '@/shared/i18n/errors';
import { useCountdown } from '@/shared/lib/useCountdown';
import { Banner } from './Banner';
import { Button } from './Button';
import { EmptyState } from './EmptyState';
import { ErrorIcon, HourglassIcon, OfflineIcon } from './icons';

interface TroubleProps {
  error: unknown;
  onRetry: () => void;
  /** The whole page is in trouble, so that this is its heading. */
  wholePage?: boolean;
  title?: string | undefined;
}

const ICONS = {
  offline: <OfflineIcon size={32} />,
  busy: <HourglassIcon size={32} />,
  other: <ErrorIcon size={32} />,
};

/** How long to leave a busy server alone that did not say how long. */
const PAUSE_SECONDS = 15;
/** Nobody looks at a counter for longer. */
const LONGEST_SECONDS = 120;

/**
 * What stands where something could not be fetched: what happened and the way out. A server that is busy is asked again
 * by itself, and so is one that was out of reach as soon as the network is back.
 */
export function Trouble({ error, onRetry, wholePage, title }: TroubleProps) {
  const { t } = useTranslation();
  const sentence = useSentence();
  const trouble = troubleOf(error);
  const wait = Math.min(LONGEST_SECONDS, patienceOf(error) ?? PAUSE_SECONDS);
  const left = useCountdown(trouble === 'busy' ? wait : null, onRetry);
  useReturn(trouble === 'offline', onRetry);
  return (
    <EmptyState
      wholePage={wholePage ?? false}
      icon={ICONS[trouble]}
      title={trouble === 'other' ? (title ?? t('trouble.other')) : t(`trouble.${trouble}`)}
      action={
        <Button variant="primary" onClick={onRetry}>
          {t('retry')}
        </Button>
      }
    >
      <p role="alert">{sentence(error)}</p>
      {left !== null && <p>{t('trouble.counting', { count: left })}</p>}
    </EmptyState>
  );
}

/** The device says when it has a network again; what it said before is of no interest. */
function useReturn(isAway: boolean, onReturn: () => void): void {
  const back = useEffectEvent(onReturn);
  useEffect(() => {
    if (!isAway) return;
    const listener = () => back();
    window.addEventListener('online', listener);
    return () => window.removeEventListener('online', listener);
  }, [isAway]);
}

/** The same within a page or a form; with `onRetry` there is a button. */
export function ErrorBanner({ error, onRetry }: { error: unknown; onRetry?: () => unknown }) {
  const { t } = useTranslation();
  const errorText = useErrorText();
  return (
    <Banner
      tone={troubleOf(error) === 'other' ? 'danger' : 'warning'}
      urgent
      action={
        onRetry && (
          <Button variant="quiet" onClick={() => void onRetry()}>
            {t('retry')}
          </Button>
        )
      }
    >
      {errorText(error)}
    </Banner>
  );
}
