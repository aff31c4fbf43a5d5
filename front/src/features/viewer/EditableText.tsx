import { type KeyboardEvent, useId, useState } from 'react';
import styles from './InfoPanel.module.css';

interface EditableTextProps {
  label: string;
  hint: string;
  value: string;
  canEdit: boolean;
  multiline?: boolean;
  onSave: (value: string) => Promise<void>;
}

/**
 * A text that is changed where it stands. It is saved when the person leaves it; Escape gives the old one back.
 * What could not be saved stays in the field.
 */
export function EditableText({ label, hint, value, canEdit, multiline, onSave }: EditableTextProps) {
  const id = useId();
  const [draft, setDraft] = useState<string | null>(null);
  if (!canEdit)
    return value ? <p className={multiline ? styles.description : styles.title}>{value}</p> : null;

  async function save(): Promise<void> {
    if (draft === null) return;
    if (draft.trim() !== value) {
      try {
        await onSave(draft.trim());
      } catch {
        return;
      }
    }
    setDraft(null);
  }

  function onKeyDown(event: KeyboardEvent<HTMLElement>): void {
    if (event.key === 'Escape') {
      event.stopPropagation();
      event.preventDefault();
      setDraft(null);
    }
    if (event.key === 'Enter' && (!multiline || event.ctrlKey)) event.currentTarget.blur();
  }

  const common = {
    id,
    value: draft ?? value,
    placeholder: hint,
    maxLength: multiline ? 10_000 : 300,
    onBlur: () => void save(),
    onKeyDown,
  };
  return (
    <div className={styles.editable}>
      <label htmlFor={id} className={styles.label}>
        {label}
      </label>
      {multiline ? (
        <textarea
          {...common}
          rows={2}
          className={styles.description}
          onChange={(event) => setDraft(event.target.value)}
        />
      ) : (
        <input {...common} className={styles.title} onChange={(event) => setDraft(event.target.value)} />
      )}
    </div>
  );
}
