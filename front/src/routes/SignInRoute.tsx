import { useRouter, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { sessionState } from '@/api/session';
import { Entrance, launchData, MaxSignIn, SignInForm } from '@/features/account';
import { safeReturn } from '@/shared/lib/safeReturn';
import { Banner } from '@/shared/ui';

export function SignInRoute() {
  const { t } = useTranslation('account');
  const router = useRouter();
  const search = useSearch({ from: '/sign-in' });
  const [launch, setLaunch] = useState(launchData);
  const state = sessionState();
  const ended = state.status === 'signed-out' && state.ended;
  const enter = () => router.history.push(safeReturn(search.return) ?? '/');
  return (
    <Entrance title={t('signIn.title')} lead={launch ? undefined : t('signIn.lead')}>
      {launch ? (
        <MaxSignIn initData={launch} onDone={enter} onOther={() => setLaunch(null)} />
      ) : (
        <>
          {ended && <Banner>{t('signIn.ended')}</Banner>}
          <SignInForm onDone={enter} />
        </>
      )}
    </Entrance>
  );
}
