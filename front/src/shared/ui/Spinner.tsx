import styles from './Spinner.module.css';

/** A small turning ring. Decoration: whoever shows it says in words what is going on. */
export function Spinner({ size = 18 }: { size?: number }) {
  return <span className={styles.spinner} style={{ width: size, height: size }} aria-hidden="true" />;
}
