import { type FormEvent, type ReactNode, useEffect, useRef } from 'react';
import { type Draft, dropDraftOn, keepDraft, readDraft } from '@/shared/lib/drafts';
import styles from './Form.module.css';

interface FormProps {
  /**
   * The fields' values by name, trimmed at neither end. A promise that is kept means that they have arrived; one that is
   * not, that they have to be sent again. Whoever gives it tells why.
   */
  onSubmit: (values: Record<string, string>) => undefined | Promise<unknown>;
  children: ReactNode;
  label?: string;
  /** Under this name, what has been typed is kept until it has arrived. Passwords are not. */
  draft?: string;
}

type Control = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;

/** A form whose fields keep their own values. Browser bubbles are off: they speak the browser's language. */
export function Form({ onSubmit, children, label, draft }: FormProps) {
  const form = useRef<HTMLFormElement>(null);
  const submitted = useRef(false);

  // Errors come with some later drawing: at once, or with the server's answer. The first of them takes the focus.
  useEffect(() => {
    const wrong = submitted.current && form.current?.querySelector<HTMLElement>('[aria-invalid]');
    if (!wrong) return;
    submitted.current = false;
    wrong.focus();
  });

  useEffect(() => {
    const kept = draft ? readDraft(draft) : {};
    for (const control of form.current ? draftable(form.current) : []) {
      const value = kept[control.name];
      if (value !== undefined) control.value = value;
    }
  }, [draft]);

  async function submit(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    submitted.current = true;
    const entries = [...new FormData(event.currentTarget)];
    try {
      const sent = onSubmit(Object.fromEntries(entries.map(([name, value]) => [name, String(value)])));
      if (sent) await (draft ? dropDraftOn(sent, draft) : sent);
    } catch {
      // The form shows what its owner makes of it.
    }
  }
  return (
    <form
      ref={form}
      className={styles.form}
      onSubmit={(event) => void submit(event)}
      onInput={(event) => draft && keepDraft(draft, changesOf(event.currentTarget))}
      noValidate
      aria-label={label}
    >
      {children}
    </form>
  );
}

/** The fields that a draft may hold: named ones that a person can change, without secrets. */
function draftable(form: HTMLFormElement): Control[] {
  const controls = [...form.elements].filter(
    (element): element is Control => 'name' in element && 'value' in element && element.tagName !== 'BUTTON',
  );
  const isSecret = (control: Control) => /password/.test(control.autocomplete);
  return controls.filter((control) => control.name && !isSecret(control) && !control.hidden);
}

/** The fields that differ from what the form began with. */
function changesOf(form: HTMLFormElement): Draft {
  return Object.fromEntries(
    draftable(form)
      .filter((control) => control.value !== firstValue(control))
      .map((control) => [control.name, control.value]),
  );
}

function firstValue(control: Control): string {
  if (!(control instanceof HTMLSelectElement)) return control.defaultValue;
  const options = [...control.options];
  return (options.find((option) => option.defaultSelected) ?? options[0])?.value ?? '';
}
