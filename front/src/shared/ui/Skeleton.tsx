import styles from './Skeleton.module.css';

/** A grey place for something that is on its way. */
export function Skeleton({
  width = '100%',
  height = 20,
  radius,
}: {
  width?: number | string;
  height?: number | string;
  radius?: number | string;
}) {
  return (
    <span className={styles.skeleton} style={{ width, height, borderRadius: radius }} aria-hidden="true" />
  );
}
