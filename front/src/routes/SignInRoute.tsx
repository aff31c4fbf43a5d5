import { Entrance, WaysIn } from '@/features/account';
import { launchData } from '@/features/account/max';
import { useTranslation } from '@/shared/i18n';
import { goTo, useSearch } from '@/shared/navigation';
import { Redirect } from './Redirect';
import { useSession } from './session';

export default function SignInRoute() {
  const { t } = useTranslation('account');
  const search = useSearch();
  const session = useSession();
  const target = search.return ?? '/';
  if (session.status === 'signed-in') return <Redirect path={target} />;
  return (
    <Entrance title={t('signIn.title')} lead={launchData() ? undefined : t('signIn.lead')}>
      <WaysIn onDone={() => goTo(target, true)} />
    </Entrance>
  );
}
