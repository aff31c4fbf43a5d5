import { useNavigate } from '@tanstack/react-router';
import { MembersPage } from '@/features/spaces/MembersPage';
import { lastSpace } from './lastSpace';
import { useSpace } from './SpaceLayout';
import { useUser } from './session';

export function MembersRoute() {
  const navigate = useNavigate();
  const space = useSpace();
  const user = useUser();
  if (!space || !user) return null;
  return (
    <MembersPage
      key={space.id}
      space={space}
      userId={user.id}
      onGone={() => {
        lastSpace.set(null);
        void navigate({ to: '/', replace: true });
      }}
    />
  );
}
