import { useEffect, useEffectEvent, useSyncExternalStore } from 'react';
import type { GridModel } from '@/gallery/gridModel';
import { useTranslation } from '@/shared/i18n';
import { useFormats } from '@/shared/i18n/format';
import { ArrowUpIcon } from '@/shared/ui';
import styles from './NewPhotos.module.css';

/** How many photos have arrived above what one reads; leads there. `onGone`: there are none any more. */
export function NewPhotos({ model, onGone }: { model: GridModel; onGone: () => void }) {
  const { t } = useTranslation('timeline');
  const formats = useFormats();
  const count = useSyncExternalStore(model.subscribeToScroll, () => model.arrivals);
  const gone = useEffectEvent(onGone);
  const isThere = count > 0;
  useEffect(() => (isThere ? () => gone() : undefined), [isThere]);
  return (
    <div className={styles.place} role="status">
      {count > 0 && (
        <button type="button" className={styles.pill} onClick={() => model.jumpToProgress(0)}>
          <ArrowUpIcon size={16} />
          {t('arrived', { count, number: formats.number(count) })}
        </button>
      )}
    </div>
  );
}
