import { useTranslation } from '@/shared/i18n';
import styles from './LoadingGrid.module.css';

/** Grey rows in the place where photos will be. */
export function LoadingGrid() {
  const { t } = useTranslation('shared');
  return (
    <div className={styles.rows} role="status" aria-label={t('loading')}>
      {SHAPES.map((shape) => (
        <span
          key={shape.key}
          className={styles.tile}
          style={{ flexGrow: shape.ratio, aspectRatio: shape.ratio }}
        />
      ))}
    </div>
  );
}

const SHAPES = Array.from({ length: 24 }, (_, at) => ({
  key: at,
  ratio: [1.33, 0.75, 1.5, 1.33, 1][at % 5] ?? 1,
}));
