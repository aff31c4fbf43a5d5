import { type InputHTMLAttributes, type ReactNode, type SelectHTMLAttributes, useId, useState } from 'react';
import { useTranslation } from '@/shared/i18n';
import { IconButton } from './Button';
import { classes } from './classes';
import styles from './Field.module.css';
import { EyeIcon, EyeOffIcon } from './moreIcons';

interface Labels {
  label: string;
  hint?: ReactNode;
  /** Why the value was refused; announced to screen readers when it appears. */
  error?: string | undefined;
}

interface Wiring {
  id: string;
  'aria-describedby': string | undefined;
  'aria-invalid': true | undefined;
}

/** A label, a control, and below it the hint or the error. */
function Labelled({ label, hint, error, control }: Labels & { control: (wiring: Wiring) => ReactNode }) {
  const id = useId();
  const note = error ?? hint;
  return (
    <div className={styles.field}>
      <label htmlFor={id}>{label}</label>
      {control({
        id,
        'aria-describedby': note ? `${id}-note` : undefined,
        'aria-invalid': error ? true : undefined,
      })}
      {note && (
        <p
          id={`${id}-note`}
          className={classes(styles.note, error && styles.error)}
          role={error ? 'alert' : undefined}
        >
          {note}
        </p>
      )}
    </div>
  );
}

type InputProps = Labels & Omit<InputHTMLAttributes<HTMLInputElement>, 'id'>;

export function TextField({ label, hint, error, className, ...rest }: InputProps) {
  return (
    <Labelled
      label={label}
      hint={hint}
      error={error}
      control={(wiring) => (
        <input type="text" {...rest} {...wiring} className={classes(styles.input, className)} />
      )}
    />
  );
}

/** A password with a button that shows it. */
export function PasswordField({ label, hint, error, className, ...rest }: InputProps) {
  const { t } = useTranslation();
  const [shown, setShown] = useState(false);
  return (
    <Labelled
      label={label}
      hint={hint}
      error={error}
      control={(wiring) => (
        <div className={styles.withButton}>
          <input
            {...rest}
            {...wiring}
            type={shown ? 'text' : 'password'}
            autoCapitalize="none"
            autoCorrect="off"
            spellCheck={false}
            className={classes(styles.input, className)}
          />
          <IconButton
            label={shown ? t('password.hide') : t('password.show')}
            pressed={shown}
            onClick={() => setShown(!shown)}
            className={styles.inside}
          >
            {shown ? <EyeOffIcon /> : <EyeIcon />}
          </IconButton>
        </div>
      )}
    />
  );
}

type SelectProps = Labels & Omit<SelectHTMLAttributes<HTMLSelectElement>, 'id'>;

export function SelectField({ label, hint, error, className, children, ...rest }: SelectProps) {
  return (
    <Labelled
      label={label}
      hint={hint}
      error={error}
      control={(wiring) => (
        <select {...rest} {...wiring} className={classes(styles.input, styles.select, className)}>
          {children}
        </select>
      )}
    />
  );
}
