import { endSession } from '@/api/session';
import { SettingsPage } from '@/features/account/SettingsPage';
import { useErrorText } from '@/shared/i18n/errors';
import { toast } from '@/shared/ui';
import { useUser } from './session';

export default function SettingsRoute() {
  const user = useUser();
  const errorText = useErrorText();
  if (!user) return null;

  async function leave(): Promise<void> {
    try {
      await endSession();
    } catch (error) {
      toast({ text: errorText(error), tone: 'error' });
    }
  }

  return <SettingsPage user={user} onSignOut={() => void leave()} />;
}
