import type { ReactNode } from 'react';
import styles from './Page.module.css';

interface PageProps {
  title: string;
  children: ReactNode;
  /** Beside the title. */
  action?: ReactNode;
}

/** A page of text and forms: a column that is comfortable to read. */
export function Page({ title, action, children }: PageProps) {
  return (
    <div className={styles.page}>
      <title>{title}</title>
      <header className={styles.header}>
        <h1>{title}</h1>
        {action}
      </header>
      {children}
    </div>
  );
}

interface SectionProps {
  title: string;
  hint?: ReactNode;
  action?: ReactNode;
  children: ReactNode;
}

/** A titled card on a page. */
export function Section({ title, hint, action, children }: SectionProps) {
  return (
    <section className={styles.section}>
      <header className={styles.sectionHeader}>
        <div>
          <h2>{title}</h2>
          {hint && <p className={styles.hint}>{hint}</p>}
        </div>
        {action}
      </header>
      {children}
    </section>
  );
}
