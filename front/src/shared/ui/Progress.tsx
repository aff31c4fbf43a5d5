import { classes } from './classes';
import styles from './Progress.module.css';

interface ProgressProps {
  /** 0 to 1; `null` when nobody knows yet. */
  value: number | null;
  label: string;
  tone?: 'plain' | 'warning' | 'danger';
}

/** How far something is, or how full. */
export function Progress({ value, label, tone = 'plain' }: ProgressProps) {
  const percent = value === null ? undefined : Math.round(Math.min(1, Math.max(0, value)) * 100);
  return (
    <div
      className={classes(styles.track, styles[tone])}
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={percent}
    >
      <div
        className={styles.bar}
        style={percent === undefined ? undefined : { width: `${percent}%` }}
        data-unknown={percent === undefined || undefined}
      />
    </div>
  );
}
