import { DENSITIES, type Density } from '@/gallery/density';
import { useTranslation } from '@/shared/i18n';
import styles from './DensityControl.module.css';

/** Years, months or days: how much of the library one sees at once. */
export function DensityControl({
  density,
  onChange,
}: {
  density: Density;
  onChange: (density: Density) => void;
}) {
  const { t } = useTranslation('timeline');
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would bring a form's looks and name
    <div className={styles.control} role="group" aria-label={t('density')}>
      {DENSITIES.map((each) => (
        <button
          key={each}
          type="button"
          className={styles.option}
          aria-pressed={each === density}
          onClick={() => onChange(each)}
        >
          {t(`density.${each}`)}
        </button>
      ))}
    </div>
  );
}
