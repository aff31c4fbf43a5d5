import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { fieldError } from '@/api/problem';
import { useTranslation } from '@/shared/i18n';
import { useErrorText } from '@/shared/i18n/errors';
import { Button, ErrorBanner } from '@/shared/ui';
import { Form, PasswordField, TextField } from '@/shared/ui/more';
import type { NewAccount } from './api';

interface AccountFormProps {
  /** The verb on the button. */
  submit: string;
  create: (account: NewAccount) => Promise<unknown>;
  onDone: () => void;
}

const FIELDS = ['name', 'login', 'password'] as const;

/** Name, login and password of a new account. */
export function AccountForm({ submit, create, onDone }: AccountFormProps) {
  const { t } = useTranslation('account');
  const errorText = useErrorText();
  const [missing, setMissing] = useState<readonly string[]>([]);
  const mutation = useMutation({ mutationFn: create, onSuccess: onDone });
  const taken = mutation.error && 'code' in mutation.error && mutation.error.code === 'login-taken';

  function errorOf(field: (typeof FIELDS)[number]): string | undefined {
    if (missing.includes(field)) return t('field.required');
    if (field === 'login' && taken) return errorText(mutation.error);
    return fieldError(mutation.error, field) && t(`${field}.rule`);
  }

  function submitted(values: Record<string, string>): Promise<unknown> | undefined {
    const { name = '', login = '', password = '' } = values;
    const empty = FIELDS.filter((field) => !values[field]?.trim());
    setMissing(empty);
    return empty.length === 0 ? mutation.mutateAsync({ name, login, password }) : undefined;
  }

  const explained = FIELDS.some(errorOf);
  return (
    <Form onSubmit={submitted} draft="account.new">
      {mutation.error && !explained && <ErrorBanner error={mutation.error} />}
      <TextField
        name="name"
        label={t('name')}
        hint={t('name.hint')}
        error={errorOf('name')}
        autoComplete="name"
        maxLength={100}
        autoFocus
      />
      <TextField
        name="login"
        label={t('login')}
        hint={t('login.rule')}
        error={errorOf('login')}
        autoComplete="username"
        autoCapitalize="none"
        autoCorrect="off"
        spellCheck={false}
        maxLength={64}
      />
      <PasswordField
        name="password"
        label={t('password')}
        hint={t('password.rule')}
        error={errorOf('password')}
        autoComplete="new-password"
      />
      <Button type="submit" variant="primary" block busy={mutation.isPending}>
        {submit}
      </Button>
    </Form>
  );
}
