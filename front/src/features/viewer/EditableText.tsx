import { type KeyboardEvent, useId, useRef, useState } from 'react';
import { useTranslation } from '@/shared/i18n';
import { useErrorText } from '@/shared/i18n/errors';
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
  /** What is in the field now, for whoever waits for an answer meanwhile. */
  const latest = useRef(draft);
  /** Why; empty when that was before this page. */
  const [unsaved, setUnsaved] = useState<string | null>(draft === null ? null : '');
  const errorText = useErrorText();
  if (!canEdit)
    return value ? <p className={multiline ? styles.description : styles.title}>{value}</p> : null;

  function change(text: string | null): void {
    latest.current = text;
    setDraft(text);
    keepDraft(draftKey, text === null ? {} : { text });
    if (text === null) setUnsaved(null);
  }

  async function save(): Promise<void> {
    if (draft === null) return;
    if (draft.trim() !== value) {
      try {
        await onSave(draft.trim());
      } catch (error) {
        setUnsaved(errorText(error));
        return;
      }
    }
    // What was typed meanwhile is saved when the person leaves the field.
    if (latest.current === draft) change(null);
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
      {unsaved !== null && (
        <p className={styles.unsaved} role="status">
          <span>
            {t('info.unsaved')} {unsaved}
          </span>
          <Button variant="quiet" onClick={() => void save()}>
            {tShared('save')}
          </Button>
        </p>
      )}
    </div>
  );
}
