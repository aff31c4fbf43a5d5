import type { ButtonHTMLAttributes, ReactNode } from 'react';
import styles from './Button.module.css';
import { classes } from './classes';
import { Spinner } from './Spinner';

type Native = ButtonHTMLAttributes<HTMLButtonElement>;

export interface ButtonProps extends Native {
  variant?: 'primary' | 'secondary' | 'quiet' | 'danger';
  icon?: ReactNode;
  /** Work is under way: shows a spinner, keeps the width, takes no clicks. */
  busy?: boolean;
  /** As wide as its container. */
  block?: boolean;
}

export function Button({
  variant = 'secondary',
  icon,
  busy,
  block,
  className,
  children,
  ...rest
}: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      className={classes(styles.button, styles[variant], block && styles.block, className)}
      disabled={rest.disabled || busy}
      aria-busy={busy || undefined}
    >
      {busy ? <Spinner /> : icon}
      <span>{children}</span>
    </button>
  );
}

export interface IconButtonProps extends Omit<Native, 'aria-label' | 'title'> {
  /** What the button does: read aloud and shown as a tooltip. */
  label: string;
  /** A toggle's state. */
  pressed?: boolean;
}

export function IconButton({ label, pressed, className, children, ...rest }: IconButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      className={classes(styles.icon, className)}
      aria-label={label}
      aria-pressed={pressed}
      title={label}
    >
      {children}
    </button>
  );
}
