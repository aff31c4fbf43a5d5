import type { Space } from '@/api/types';
import { useTranslation } from '@/shared/i18n';
import { Page, Section } from '@/shared/ui/more';
import { InvitationsSection } from './InvitationsSection';
import { AddMemberForm, MembersList } from './MembersList';
import { canManage } from './roles';
import { SpaceSection } from './SpaceSection';
import { StorageUse } from './StorageUse';

interface MembersPageProps {
  space: Space;
  userId: string;
  /** The person left the space or it is gone. */
  onGone: () => void;
}

/** The people of a space, the ways in, and the space itself. */
export function MembersPage({ space, userId, onGone }: MembersPageProps) {
  const { t } = useTranslation('spaces');
  const group = space.kind === 'group';
  return (
    <Page title={group ? t('members') : t('about')}>
      {group && (
        <Section title={t('space.members', { ns: 'shared', count: space.members })} hint={t('members.hint')}>
          <MembersList space={space} userId={userId} />
          {canManage(space) && <AddMemberForm space={space} />}
        </Section>
      )}
      {group && canManage(space) && <InvitationsSection space={space} />}
      <SpaceSection space={space} userId={userId} onGone={onGone} />
      <StorageUse space={space} />
    </Page>
  );
}
