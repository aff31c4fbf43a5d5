import type { ReactNode } from 'react';
import styles from './Banner.module.css';
import { classes } from './classes';
import { CheckIcon, ErrorIcon, InfoIcon } from './icons';

interface BannerProps {
  tone?: 'info' | 'success' | 'warning' | 'danger';
  /** Read aloud when it appears. */
  urgent?: boolean;
  icon?: ReactNode;
  children: ReactNode;
  action?: ReactNode;
}

/** A message that stays on the page for as long as it is true. */
export function Banner({ tone = 'info', urgent, icon, children, action }: BannerProps) {
  return (
    <div className={classes(styles.banner, styles[tone])} role={urgent ? 'alert' : 'status'}>
      {icon ?? ICONS[tone]}
      <div className={styles.text}>{children}</div>
      {action}
    </div>
  );
}

const ICONS = {
  info: <InfoIcon size={20} />,
  success: <CheckIcon size={20} />,
  warning: <ErrorIcon size={20} />,
  danger: <ErrorIcon size={20} />,
};
