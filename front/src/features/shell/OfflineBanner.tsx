import { useSyncExternalStore } from 'react';
import { isReachable, subscribeToReach } from '@/api/reach';
import { useTranslation } from '@/shared/i18n';
import { useOnline } from '@/shared/lib/useOnline';
import { Banner, OfflineIcon } from '@/shared/ui';
import styles from './OfflineBanner.module.css';

/** Says that the server does not answer, for as long as it does not. */
export function OfflineBanner() {
  const { t } = useTranslation('shell');
  const online = useOnline();
  const reachable = useSyncExternalStore(subscribeToReach, isReachable);
  if (online && reachable) return null;
  return (
    <div className={styles.strip}>
      <Banner tone="warning" icon={<OfflineIcon size={20} />}>
        {online ? t('unreachable') : t('offline')}
      </Banner>
    </div>
  );
}
