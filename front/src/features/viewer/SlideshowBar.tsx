import { useTranslation } from '@/shared/i18n';
import { CloseIcon, IconButton, Menu, PlayIcon } from '@/shared/ui';
import { PauseIcon } from '@/shared/ui/more';
import styles from './SlideshowBar.module.css';
import { INTERVALS, type Slideshow } from './useSlideshow';

/** Pause, pace and end of a slideshow. */
export function SlideshowBar({ show, onStop }: { show: Slideshow; onStop: () => void }) {
  const { t } = useTranslation('viewer');
  const isPlaying = show.state === 'playing';
  return (
    <section aria-label={t('show')} className={styles.bar} data-testid="slideshow">
      <IconButton
        label={t(isPlaying ? 'show.pause' : 'show.goOn')}
        onClick={isPlaying ? show.pause : show.goOn}
        className={styles.button}
      >
        {isPlaying ? <PauseIcon /> : <PlayIcon />}
      </IconButton>
      <Menu
        label={t('show.interval')}
        items={INTERVALS.map((seconds) => ({
          label: t('show.seconds', { count: Number(seconds) }),
          checked: seconds === show.interval,
          onSelect: () => show.setInterval(seconds),
        }))}
        trigger={(wiring) => (
          <button
            type="button"
            className={styles.seconds}
            aria-label={`${t('show.seconds', { count: Number(show.interval) })}: ${t('show.interval')}`}
            {...wiring}
          >
            {t('show.seconds', { count: Number(show.interval) })}
          </button>
        )}
      />
      <IconButton label={t('show.stop')} onClick={onStop} className={styles.button}>
        <CloseIcon />
      </IconButton>
    </section>
  );
}
