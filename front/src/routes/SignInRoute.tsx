import { useRouter, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { Entrance, launchData, MaxSignIn, SignInForm } from '@/features/account';
import { useTranslation } from '@/shared/i18n';
import { safeReturn } from '@/shared/lib/safeReturn';
import { Banner } from '@/shared/ui';
import { useSession } from './session';

export function SignInRoute() {
  const { t } = useTranslation('account');
  const router = useRouter();
  const search = useSearch({ from: '/sign-in' });
  const [launch, setLaunch] = useState(launchData);
  const state = useSession();
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
