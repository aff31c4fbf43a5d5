import { AccountForm, Entrance, setUp } from '@/features/account';
import { useTranslation } from '@/shared/i18n';
import { dropFragment } from '@/shared/lib/fragment';
import { navigate } from '@/shared/navigation';
import { Banner } from '@/shared/ui';
import { useFragment } from './useFragment';

export default function SetupRoute() {
  const { t } = useTranslation('account');
  const token = useFragment('setup', 'token');
  return (
    <Entrance title={t('setup.title')} lead={token ? t('setup.lead') : undefined}>
      {token ? (
        <AccountForm
          submit={t('setup.submit')}
          create={(account) => setUp({ ...account, token })}
          onDone={() => {
            dropFragment('setup');
            navigate({ to: '/', replace: true });
          }}
        />
      ) : (
        <Banner>{t('setup.noToken')}</Banner>
      )}
    </Entrance>
  );
}
