import type { Space } from '@/api/types';
import { useTranslation } from '@/shared/i18n';
import { useFormats } from '@/shared/i18n/format';
import { Progress } from '@/shared/ui';
import styles from './StorageUse.module.css';

/** How many photos a space holds and how much room they take. */
export function StorageUse({ space }: { space: Space }) {
  const { t } = useTranslation('spaces');
  const formats = useFormats();
  const used = formats.bytes(space.used_bytes);
  return (
    <div className={styles.use}>
      {space.quota_bytes !== null && (
        <Progress value={space.used_bytes / Math.max(1, space.quota_bytes)} label={t('use.label')} />
      )}
      <p>
        {t('assets.count', { count: space.assets })} ·{' '}
        {space.quota_bytes === null ? used : t('use.of', { used, quota: formats.bytes(space.quota_bytes) })}
      </p>
    </div>
  );
}
