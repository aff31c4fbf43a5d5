import { useState } from 'react';
import { Entrance, MaxSignIn, SignInForm } from '@/features/account';
import { launchData } from '@/features/account/max';
import { useTranslation } from '@/shared/i18n';
import { goTo, useSearch } from '@/shared/navigation';
import { Banner } from '@/shared/ui';
import { Redirect } from './Redirect';
import { useSession } from './session';

export default function SignInRoute() {
  const { t } = useTranslation('account');
  const search = useSearch();
  const session = useSession();
  const [launch, setLaunch] = useState(launchData);
  const target = search.return ?? '/';
  if (session.status === 'signed-in') return <Redirect path={target} />;
  return (
    <Entrance title={t('signIn.title')} lead={launch ? undefined : t('signIn.lead')}>
      {launch ? (
        <MaxSignIn initData={launch} onDone={() => goTo(target, true)} onOther={() => setLaunch(null)} />
      ) : (
        <>
          {session.why === 'ended' && <Banner>{t('signIn.ended')}</Banner>}
          <SignInForm />
        </>
      )}
    </Entrance>
  );
}
