import styles from './Progress.module.css';

/** How far something is, 0 to 1; `null` when nobody knows yet. */
export function Progress({ value, label }: { value: number | null; label: string }) {
  const percent = value === null ? undefined : Math.round(Math.min(1, Math.max(0, value)) * 100);
  return (
    <div
      className={styles.track}
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
