import type { ReactNode } from 'react';
import styles from './EmptyState.module.css';

interface EmptyStateProps {
  icon?: ReactNode;
  title: string;
  /** The whole page is empty, so that this is its heading. */
  wholePage?: boolean;
  children?: ReactNode;
  action?: ReactNode;
}

/** What a page shows when there is nothing to show: why, and what to do next. */
export function EmptyState({ icon, title, wholePage, children, action }: EmptyStateProps) {
  const Heading = wholePage ? 'h1' : 'h2';
  return (
    <div className={styles.empty}>
      {icon && <div className={styles.icon}>{icon}</div>}
      <Heading className={styles.title}>{title}</Heading>
      {children && <div className={styles.text}>{children}</div>}
      {action && <div className={styles.action}>{action}</div>}
    </div>
  );
}
