import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { fieldError, Problem } from '@/api/problem';
import type { Locale, User } from '@/api/types';
import { chooseLanguage, chosenLanguage, useTranslation } from '@/shared/i18n';
import { useErrorText } from '@/shared/i18n/errors';
import { type Theme, theme } from '@/shared/lib/theme';
import { useStored } from '@/shared/lib/useStored';
import { Button, ErrorBanner, toast } from '@/shared/ui';
import { Choice, Form, Page, PasswordField, Section, SignOutIcon, TextField } from '@/shared/ui/more';
import { changePassword, sessionsQuery, updateProfile } from './api';
import { SessionsSection } from './SessionsSection';

/** Everything a person can set about themselves. */
export function SettingsPage({ user, onSignOut }: { user: User; onSignOut: () => void }) {
  const { t } = useTranslation('account');
  return (
    <Page
      title={t('settings')}
      action={
        <Button icon={<SignOutIcon size={20} />} onClick={onSignOut}>
          {t('signOut')}
        </Button>
      }
    >
      <ProfileSection user={user} />
      <AppearanceSection user={user} />
      {user.login !== null && <PasswordSection login={user.login} />}
      <SessionsSection />
    </Page>
  );
}

function ProfileSection({ user }: { user: User }) {
  const { t } = useTranslation('account');
  const errorText = useErrorText();
  const mutation = useMutation({
    mutationFn: (name: string) => updateProfile({ name }),
    onSuccess: () => toast({ text: t('profile.saved'), tone: 'success' }),
  });
  const error =
    mutation.error && (fieldError(mutation.error, 'name') ? t('name.rule') : errorText(mutation.error));
  return (
    <Section title={t('profile')} hint={user.login ? t('profile.login', { login: user.login }) : undefined}>
      <Form onSubmit={({ name = '' }) => mutation.mutateAsync(name)} draft="account.profile">
        <TextField
          name="name"
          label={t('name')}
          hint={t('name.hint')}
          error={error ?? undefined}
          defaultValue={user.name}
          autoComplete="name"
          maxLength={100}
        />
        <div>
          <Button type="submit" busy={mutation.isPending}>
            {t('save', { ns: 'shared' })}
          </Button>
        </div>
      </Form>
    </Section>
  );
}

type Automatic<T extends string> = T | 'auto';

function AppearanceSection({ user }: { user: User }) {
  const { t } = useTranslation('account');
  const errorText = useErrorText();
  const chosen = useStored(theme);
  // Without one of the account's own, the choice of this device holds; it may have been made before signing in.
  const [locale, setLocale] = useState(user.locale ?? chosenLanguage());
  const language = useMutation({
    mutationFn: async (wanted: Locale | null) => {
      await updateProfile({ locale: wanted });
      await chooseLanguage(wanted);
    },
    onError: (error) => {
      setLocale(user.locale);
      toast({ text: errorText(error), tone: 'error' });
    },
  });

  function choose(value: Automatic<Locale>): void {
    const wanted = value === 'auto' ? null : value;
    setLocale(wanted);
    language.mutate(wanted);
  }

  return (
    <Section title={t('appearance')}>
      <Choice<Automatic<Locale>>
        label={t('language', { ns: 'shared' })}
        value={locale ?? 'auto'}
        onChange={choose}
        options={[
          { value: 'auto', label: t('automatic') },
          { value: 'ru', label: t('language.ru', { ns: 'shared' }) },
          { value: 'en', label: t('language.en', { ns: 'shared' }) },
        ]}
      />
      <Choice<Automatic<Theme>>
        label={t('theme')}
        value={chosen ?? 'auto'}
        onChange={(value) => theme.set(value === 'auto' ? null : value)}
        options={[
          { value: 'auto', label: t('automatic') },
          { value: 'light', label: t('theme.light') },
          { value: 'dark', label: t('theme.dark') },
        ]}
      />
    </Section>
  );
}

function PasswordSection({ login }: { login: string }) {
  const { t } = useTranslation('account');
  const queries = useQueryClient();
  /** A new key makes a new, empty form. */
  const [round, setRound] = useState(0);
  const mutation = useMutation({
    mutationFn: changePassword,
    onSuccess: () => {
      setRound((before) => before + 1);
      toast({ text: t('password.changed'), tone: 'success' });
      return queries.invalidateQueries(sessionsQuery);
    },
  });
  const { error } = mutation;
  const wrong = error instanceof Problem && error.code === 'wrong-password';
  const weak = fieldError(error, 'new_password') ?? fieldError(error, 'password');
  return (
    <Section title={t('password.change')} hint={t('password.change.hint')}>
      <Form
        key={round}
        onSubmit={({ current_password = '', new_password = '' }) =>
          mutation.mutateAsync({ current_password, new_password })
        }
      >
        {error && !wrong && !weak && <ErrorBanner error={error} />}
        <input type="text" name="username" value={login} autoComplete="username" readOnly hidden />
        <PasswordField
          name="current_password"
          label={t('password.current')}
          error={wrong ? t('password.wrong') : undefined}
          autoComplete="current-password"
        />
        <PasswordField
          name="new_password"
          label={t('password.new')}
          hint={t('password.rule')}
          error={weak && t('password.rule')}
          autoComplete="new-password"
        />
        <div>
          <Button type="submit" busy={mutation.isPending}>
            {t('password.submit')}
          </Button>
        </div>
      </Form>
    </Section>
  );
}
