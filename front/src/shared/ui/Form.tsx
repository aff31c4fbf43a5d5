import { type FormEvent, type ReactNode, useEffect, useRef } from 'react';
import styles from './Form.module.css';

interface FormProps {
  /** The fields' values by name, trimmed at neither end. */
  onSubmit: (values: Record<string, string>) => void;
  children: ReactNode;
  label?: string;
}

/** A form whose fields keep their own values. Browser bubbles are off: they speak the browser's language. */
export function Form({ onSubmit, children, label }: FormProps) {
  const form = useRef<HTMLFormElement>(null);
  const submitted = useRef(false);

  // Errors come with some later drawing: at once, or with the server's answer. The first of them takes the focus.
  useEffect(() => {
    const wrong = submitted.current && form.current?.querySelector<HTMLElement>('[aria-invalid]');
    if (!wrong) return;
    submitted.current = false;
    wrong.focus();
  });

  function submit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    submitted.current = true;
    const entries = [...new FormData(event.currentTarget)];
    onSubmit(Object.fromEntries(entries.map(([name, value]) => [name, String(value)])));
  }
  return (
    <form ref={form} className={styles.form} onSubmit={submit} noValidate aria-label={label}>
      {children}
    </form>
  );
}
