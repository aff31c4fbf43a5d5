import { type KeyboardEvent, useId, useState } from 'react';
import { useTranslation } from '@/shared/i18n';
import { keepDraft, readDraft } from '@/shared/lib/drafts';
import { Button } from '@/shared/ui';
import styles from './InfoPanel.module.css';

interface EditableTextProps {
  label: string;
  hint: string;
  value: string;
  /** Under which what could not be saved is kept. */
  draftKey: string;
  canEdit: boolean;
  multiline?: boolean;
  onSave: (value: string) => Promise<void>;
}

/**
 * A text that is changed where it stands. It is saved when the person leaves it; Escape gives the old one back.
 * What could not be saved stays in the field, is there again when the person comes back to it, and is saved by a button.
 */
export function EditableText(props: EditableTextProps) {
  const { label, hint, value, draftKey, canEdit, multiline, onSave } = props;
  const { t } = useTranslation('viewer');
  const { t: tShared } = useTranslation('shared');
  const id = useId();
  const [draft, setDraft] = useState(() => readDraft(draftKey).text ?? null);
  const [isUnsaved, setUnsaved] = useState(draft !== null);
  if (!canEdit)
    return value ? <p className={multiline ? styles.description : styles.title}>{value}</p> : null;

  function change(text: string | null): void {
    setDraft(text);
    keepDraft(draftKey, text === null ? {} : { text });
    if (text === null) setUnsaved(false);
  }

  async function save(): Promise<void> {
    if (draft === null) return;
    if (draft.trim() !== value) {
      try {
        await onSave(draft.trim());
      } catch {
        setUnsaved(true);
        return;
      }
    }
    change(null);
  }

  function onKeyDown(event: KeyboardEvent<HTMLElement>): void {
    if (event.key === 'Escape') {
      event.stopPropagation();
      event.preventDefault();
      change(null);
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
          onChange={(event) => change(event.target.value)}
        />
      ) : (
        <input {...common} className={styles.title} onChange={(event) => change(event.target.value)} />
      )}
      {isUnsaved && (
        <p className={styles.unsaved} role="status">
          {t('info.unsaved')}
          <Button variant="quiet" onClick={() => void save()}>
            {tShared('save')}
          </Button>
        </p>
      )}
    </div>
  );
}
