import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from '@/shared/i18n';
import { Button, ErrorBanner } from '@/shared/ui';
import { Form, PasswordField, TextField } from '@/shared/ui/more';
import { signIn } from './api';

/** Login and password. Whoever shows it watches the session. */
export function SignInForm({ login }: { login?: string | undefined }) {
  const { t } = useTranslation('account');
  const [missing, setMissing] = useState<{ login?: boolean; password?: boolean }>({});
  const mutation = useMutation({ mutationFn: signIn });

  function submitted({ login = '', password = '' }: Record<string, string>): Promise<unknown> | undefined {
    setMissing({ login: !login.trim(), password: !password });
    return login.trim() && password ? mutation.mutateAsync({ login, password }) : undefined;
  }

  return (
    <Form onSubmit={submitted}>
      {mutation.error && <ErrorBanner error={mutation.error} />}
      <TextField
        name="login"
        label={t('login')}
        error={missing.login ? t('field.required') : undefined}
        autoComplete="username"
        autoCapitalize="none"
        autoCorrect="off"
        spellCheck={false}
        defaultValue={login}
        autoFocus={!login}
      />
      <PasswordField
        name="password"
        label={t('password')}
        error={missing.password ? t('field.required') : undefined}
        autoComplete="current-password"
        autoFocus={Boolean(login)}
      />
      <Button type="submit" variant="primary" block busy={mutation.isPending}>
        {t('signIn')}
      </Button>
    </Form>
  );
}
