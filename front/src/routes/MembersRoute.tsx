import { MembersPage } from '@/features/spaces/MembersPage';
import { navigate } from '@/shared/navigation';
import { lastSpace } from './lastSpace';
import { NoSpace } from './NoSpace';
import { useUser } from './session';
import { useSpace } from './spaces';

export default function MembersRoute() {
  const space = useSpace();
  const user = useUser();
  if (!user) return null;
  if (!space) return <NoSpace />;
  return (
    <MembersPage
      key={space.id}
      space={space}
      userId={user.id}
      onGone={() => {
        lastSpace.set(null);
        navigate({ to: '/', replace: true });
      }}
    />
  );
}
