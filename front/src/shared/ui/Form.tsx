import type { FormEvent, ReactNode } from 'react';
import styles from './Form.module.css';

interface FormProps {
  /** The fields' values by name, trimmed at neither end. */
  onSubmit: (values: Record<string, string>) => void;
  children: ReactNode;
  label?: string;
}

/** A form whose fields keep their own values. Browser bubbles are off: they speak the browser's language. */
export function Form({ onSubmit, children, label }: FormProps) {
  function submit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    const entries = [...new FormData(event.currentTarget)];
    onSubmit(Object.fromEntries(entries.map(([name, value]) => [name, String(value)])));
  }
  return (
    <form className={styles.form} onSubmit={submit} noValidate aria-label={label}>
      {children}
    </form>
  );
}
