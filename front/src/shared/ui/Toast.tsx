import { type RefObject, useEffect, useLayoutEffect, useRef, useSyncExternalStore } from 'react';
import { createPortal } from 'react-dom';
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
/** While somebody points at a toast or has the keyboard in it, it stays, and goes this long after. */
const LINGER = 2000;
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
  const next = [...shown, { ...options, id }];
  // The question of an update or an undo outlives what is only said.
  const least = next.find((each) => !each.action) ?? next[0];
  set(next.length > MOST ? next.filter((each) => each !== least) : next);
  return () => dismiss(id);
}

function dismiss(id: number): void {
  set(shown.filter((each) => each.id !== id));
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/**
 * Where toasts appear. It moves as it is, so that their time goes on: what lies outside the topmost modal can be neither
 * reached nor heard, and outside a modal <dialog> not even be seen.
 */
const region = document.createElement('section');
const hosts: HTMLElement[] = [];

/** What had the keyboard before a toast did. */
let before: EventTarget | null = null;
region.addEventListener('focusin', ({ relatedTarget }) => {
  if (!region.contains(relatedTarget as Node | null)) before = relatedTarget;
});

function settle(): void {
  (hosts.at(-1) ?? document.body).append(region);
}

/** While `open`, toasts appear within this modal. */
export function useToastHost(ref: RefObject<HTMLElement | null>, open = true): void {
  useLayoutEffect(() => {
    const host = ref.current;
    if (!open || !host) return undefined;
    hosts.push(host);
    settle();
    return () => {
      hosts.splice(hosts.indexOf(host), 1);
      settle();
    };
  }, [ref, open]);
}

/** Shows the toasts; once per page. */
export function Toasts() {
  const { t } = useTranslation();
  const list = useSyncExternalStore(subscribe, () => shown);
  useLayoutEffect(() => {
    region.className = styles.region ?? '';
    region.setAttribute('aria-live', 'polite');
    region.setAttribute('aria-label', t('notifications'));
    settle();
  }, [t]);
  return createPortal(
    list.map((each) => <ToastCard key={each.id} toast={each} />),
    region,
  );
}

function ToastCard({ toast: { id, text, tone = 'plain', action, duration } }: { toast: Shown }) {
  const { t } = useTranslation();
  const stay = duration ?? (action || tone === 'error' ? 8000 : 4000);
  const card = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const leave = () => {
      const here = card.current;
      if (here?.matches(':hover') || here?.contains(document.activeElement))
        timer = setTimeout(leave, LINGER);
      else dismiss(id);
    };
    let timer = setTimeout(leave, stay);
    return () => clearTimeout(timer);
  }, [id, stay]);
  useLayoutEffect(() => {
    const here = card.current;
    return () => {
      if (here?.contains(document.activeElement) && before instanceof HTMLElement) before.focus();
    };
  }, []);
  return (
    <div ref={card} className={classes(styles.toast, styles[tone])}>
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
