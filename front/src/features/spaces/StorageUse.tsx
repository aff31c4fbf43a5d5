import type { Space } from '@/api/types';
import { useTranslation } from '@/shared/i18n';
import { useFormats } from '@/shared/i18n/format';
import { Progress } from '@/shared/ui';
import styles from './StorageUse.module.css';

/** From this share of the room on, people are told before a photo is refused. */
const SCARCE = 0.9;

/** How many photos a space holds and how much room they take; and words when there is little or none left. */
export function StorageUse({ space }: { space: Space }) {
  const { t } = useTranslation();
  const formats = useFormats();
  const used = formats.bytes(space.used_bytes);
  const { quota_bytes: quota } = space;
  const share = quota === null ? 0 : space.used_bytes / Math.max(1, quota);
  return (
    <div className={styles.use}>
      {quota !== null && (
        <Progress
          value={share}
          label={t('use.label')}
          tone={share >= 1 ? 'danger' : share >= SCARCE ? 'warning' : 'plain'}
        />
      )}
      <p>
        {t('space.files', { count: space.assets })} ·{' '}
        {quota === null ? used : t('use.of', { used, quota: formats.bytes(quota) })}
      </p>
      {share >= SCARCE && <p className={styles.scarce}>{t(share >= 1 ? 'use.full' : 'use.scarce')}</p>}
    </div>
  );
}
