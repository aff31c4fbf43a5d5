import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { Problem } from '@/api/problem';
import { useTranslation } from '@/shared/i18n';
import { useErrorText } from '@/shared/i18n/errors';
import { Banner, Button, Form, PasswordField, TextField } from '@/shared/ui';
import { signIn } from './api';

/** Login and password. Whoever shows it watches the session. */
export function SignInForm() {
  const { t } = useTranslation('account');
  const errorText = useErrorText();
  const [missing, setMissing] = useState<{ login?: boolean; password?: boolean }>({});
  const mutation = useMutation({ mutationFn: signIn });

  function submitted({ login = '', password = '' }: Record<string, string>): void {
    setMissing({ login: !login.trim(), password: !password });
    if (login.trim() && password) mutation.mutate({ login, password });
  }

  return (
    <Form onSubmit={submitted}>
      {mutation.error && (
        <Banner tone="danger" urgent>
          {errorText(mutation.error)}
          <RetryTime error={mutation.error} />
        </Banner>
      )}
      <TextField
        name="login"
        label={t('login')}
        error={missing.login ? t('field.required') : undefined}
        autoComplete="username"
        autoCapitalize="none"
        autoCorrect="off"
        spellCheck={false}
        autoFocus
      />
      <PasswordField
        name="password"
        label={t('password')}
        error={missing.password ? t('field.required') : undefined}
        autoComplete="current-password"
      />
      <Button type="submit" variant="primary" block busy={mutation.isPending}>
        {t('signIn')}
      </Button>
    </Form>
  );
}

function RetryTime({ error }: { error: Error }) {
  const { t } = useTranslation('account');
  if (!(error instanceof Problem) || !error.retryAfter) return null;
  return <> {t('retryAfter', { count: Math.ceil(error.retryAfter / 60) })}</>;
}
