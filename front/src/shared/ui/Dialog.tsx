import { type ReactNode, useEffect, useId, useRef } from 'react';
import { useTranslation } from '@/shared/i18n';
import { useLayer } from '@/shared/navigation';
import { Button, IconButton } from './Button';
import { classes } from './classes';
import styles from './Dialog.module.css';
import { CloseIcon } from './icons';
import { useToastHost } from './Toast';

interface DialogProps {
  open: boolean;
  /** Escape, the close button or a click beside the dialog. */
  onClose: () => void;
  title: string;
  children?: ReactNode;
  /** Buttons at the end, the main one last. */
  actions?: ReactNode;
}

/** A modal dialog in the middle of the screen (a native <dialog>, so focus and Escape are the browser's). */
export function Dialog({ children, actions, ...modal }: DialogProps) {
  return (
    <Modal {...modal} className={styles.dialog}>
      <div className={styles.body}>{children}</div>
      {actions && <footer className={styles.actions}>{actions}</footer>}
    </Modal>
  );
}

/** A panel from the right edge on a desktop and from the bottom on a phone. */
export function Sheet({ children, actions, ...modal }: DialogProps) {
  return (
    <Modal {...modal} className={styles.sheet}>
      <div className={classes(styles.body, styles.scrolls)}>{children}</div>
      {actions && <footer className={styles.actions}>{actions}</footer>}
    </Modal>
  );
}

function Modal({
  open,
  onClose,
  title,
  className,
  children,
}: DialogProps & { className: string | undefined; children: ReactNode }) {
  const { t } = useTranslation();
  const ref = useRef<HTMLDialogElement>(null);
  const heading = useId();
  useLayer(open, onClose);
  useToastHost(ref, open);

  useEffect(() => {
    const dialog = ref.current;
    if (!dialog || !open) return;
    const before = document.activeElement;
    if (!dialog.open) dialog.showModal();
    // A form is opened to be filled in; without one, the browser's choice is right.
    dialog.querySelector<HTMLElement>('form :is(input, select, textarea)')?.focus();
    return () => {
      dialog.close();
      // The browser would give the focus back, but the dialog has left the page by now.
      if (before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true });
    };
  }, [open]);

  if (!open) return null;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the keyboard's way to close is Escape, which <dialog> brings
    <dialog
      ref={ref}
      className={classes(styles.modal, className)}
      aria-labelledby={heading}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => {
        if (event.target === ref.current) onClose();
      }}
    >
      <div className={styles.inside}>
        <header className={styles.header}>
          <h2 id={heading}>{title}</h2>
          <IconButton label={t('close')} onClick={onClose} className={styles.close}>
            <CloseIcon />
          </IconButton>
        </header>
        {children}
      </div>
    </dialog>
  );
}

interface ConfirmProps {
  open: boolean;
  title: string;
  children?: ReactNode;
  /** The verb on the button: "Delete", never "OK". */
  confirm: string;
  danger?: boolean;
  busy?: boolean;
  onConfirm: () => void;
  onClose: () => void;
}

/** A question with one way forward and one back. */
export function ConfirmDialog({ confirm, danger, busy, onConfirm, ...rest }: ConfirmProps) {
  const { t } = useTranslation();
  return (
    <Dialog
      {...rest}
      actions={
        <>
          <Button variant="quiet" onClick={rest.onClose}>
            {t('cancel')}
          </Button>
          <Button variant={danger ? 'danger' : 'primary'} busy={busy ?? false} onClick={onConfirm}>
            {confirm}
          </Button>
        </>
      }
    />
  );
}
