import { useEffect, useSyncExternalStore } from 'react';
import { useTranslation } from '@/shared/i18n';
import { haptic } from '@/shared/max';
import { IconButton } from './Button';
import { classes } from './classes';
import { CheckIcon, CloseIcon, ErrorIcon } from './icons';
import styles from './Toast.module.css';

export interface ToastOptions {
  text: string;
  tone?: 'plain' | 'success' | 'error';
  /** One thing to do about it: "Undo", "Retry". */
  action?: { label: string; onAction: () => void };
  /** How long it stays, in ms; errors and toasts with an action stay longer by themselves. */
  duration?: number;
}

interface Shown extends ToastOptions {
  id: number;
}

const MOST = 3;
let shown: readonly Shown[] = [];
let lastId = 0;
const listeners = new Set<() => void>();

function set(next: readonly Shown[]): void {
  shown = next;
  for (const listener of listeners) listener();
}

/** Says something in passing. Returns a function that takes it away early. */
export function toast(options: ToastOptions): () => void {
  lastId += 1;
  const id = lastId;
  if (options.tone === 'success' || options.tone === 'error') haptic(options.tone);
  set([...shown, { ...options, id }].slice(-MOST));
  return () => dismiss(id);
}

function dismiss(id: number): void {
  set(shown.filter((each) => each.id !== id));
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Where toasts appear; once per page. */
export function Toasts() {
  const { t } = useTranslation();
  const list = useSyncExternalStore(subscribe, () => shown);
  return (
    <section className={styles.region} aria-live="polite" aria-label={t('notifications')}>
      {list.map((each) => (
        <ToastCard key={each.id} toast={each} />
      ))}
    </section>
  );
}

function ToastCard({ toast: { id, text, tone = 'plain', action, duration } }: { toast: Shown }) {
  const { t } = useTranslation();
  const stay = duration ?? (action || tone === 'error' ? 8000 : 4000);
  useEffect(() => {
    const timer = setTimeout(() => dismiss(id), stay);
    return () => clearTimeout(timer);
  }, [id, stay]);
  return (
    <div className={classes(styles.toast, styles[tone])}>
      {tone === 'success' && <CheckIcon size={20} />}
      {tone === 'error' && <ErrorIcon size={20} />}
      <span className={styles.text}>{text}</span>
      {action && (
        <button
          type="button"
          className={styles.action}
          onClick={() => {
            dismiss(id);
            action.onAction();
          }}
        >
          {action.label}
        </button>
      )}
      <IconButton label={t('close')} onClick={() => dismiss(id)} className={styles.close}>
        <CloseIcon size={18} />
      </IconButton>
    </div>
  );
}
