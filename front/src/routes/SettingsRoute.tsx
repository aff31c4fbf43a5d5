import { useState } from 'react';
import { endSession } from '@/api/session';
import { SettingsPage } from '@/features/account/SettingsPage';
import { useTranslation } from '@/shared/i18n';
import { useErrorText } from '@/shared/i18n/errors';
import { isBusy } from '@/shared/lib/busy';
import { toast } from '@/shared/ui';
import { ConfirmDialog } from '@/shared/ui/more';
import { useUser } from './session';

export default function SettingsRoute() {
  const { t } = useTranslation('account');
  const user = useUser();
  const [isAsking, setAsking] = useState(false);
  const errorText = useErrorText();
  if (!user) return null;

  async function leave(): Promise<void> {
    setAsking(false);
    try {
      await endSession();
    } catch (error) {
      toast({ text: errorText(error), tone: 'error' });
    }
  }

  // Whoever leaves takes along what they have not uploaded yet.
  return (
    <>
      <SettingsPage user={user} onSignOut={() => (isBusy() ? setAsking(true) : void leave())} />
      <ConfirmDialog
        open={isAsking}
        title={t('signOut.unfinished.title')}
        confirm={t('signOut')}
        danger
        onConfirm={() => void leave()}
        onClose={() => setAsking(false)}
      >
        {t('signOut.unfinished.text')}
      </ConfirmDialog>
    </>
  );
}
