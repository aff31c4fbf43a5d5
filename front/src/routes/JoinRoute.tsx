import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { InvitationPreview, Space } from '@/api/types';
import { AccountForm, Entrance, register } from '@/features/account';
import { acceptInvitation, invitationPreviewQuery, SPACES_KEY, spacesQuery } from '@/features/spaces';
import { useTranslation } from '@/shared/i18n';
import { dropFragment } from '@/shared/lib/fragment';
import { Link, navigate } from '@/shared/navigation';
import { Banner, Button, ErrorBanner, Skeleton, toast } from '@/shared/ui';
import styles from './JoinRoute.module.css';
import { useSession } from './session';
import { useFragment } from './useFragment';

const PAGE = 'join';

/** Follows an invitation link, with an account or on the way to one. */
export default function JoinRoute() {
  const { t } = useTranslation('spaces');
  const token = useFragment(PAGE, 'token');
  if (token) return <Invitation token={token} />;
  return (
    <Entrance title={t('join.failed')}>
      <Banner>{t('join.noToken')}</Banner>
      <ToSignIn />
    </Entrance>
  );
}

function Invitation({ token }: { token: string }) {
  const { t } = useTranslation('spaces');
  const preview = useQuery(invitationPreviewQuery(token));
  if (preview.isPending) {
    return (
      <Entrance title={t('loading', { ns: 'shared' })}>
        <Skeleton height={120} />
      </Entrance>
    );
  }
  if (preview.error) {
    return (
      <Entrance title={t('join.failed')}>
        <ErrorBanner error={preview.error} />
        <ToSignIn />
      </Entrance>
    );
  }
  return <Door token={token} preview={preview.data} />;
}

/** Who has an account already needs no invitation to get in. */
function ToSignIn() {
  const { t } = useTranslation('spaces');
  return (
    <p className={styles.note}>
      <Link to="/sign-in">{t('join.have')}</Link>
    </p>
  );
}

function Door({ token, preview }: { token: string; preview: InvitationPreview }) {
  const { t } = useTranslation('spaces');
  const session = useSession();
  const arrive = useArrival();
  return (
    <Entrance
      title={t('join.title', { name: preview.space_name })}
      lead={`${t('join.by', { name: preview.invited_by })} ${t(`role.${preview.role}.can`)}`}
    >
      {session.status === 'signed-in' ? (
        <Accept token={token} userName={session.user.name} onDone={arrive} />
      ) : (
        <Newcomer token={token} onDone={arrive} />
      )}
    </Entrance>
  );
}

function Accept({
  token,
  userName,
  onDone,
}: {
  token: string;
  userName: string;
  onDone: (space: Space) => Promise<void>;
}) {
  const { t } = useTranslation('spaces');
  const accept = useMutation({ mutationFn: () => acceptInvitation(token), onSuccess: onDone });
  return (
    <div className={styles.ways}>
      {accept.error && <ErrorBanner error={accept.error} />}
      <p className={styles.note}>{t('join.as', { name: userName })}</p>
      <Button variant="primary" block busy={accept.isPending} onClick={() => accept.mutate()}>
        {t('join.accept')}
      </Button>
    </div>
  );
}

function Newcomer({ token, onDone }: { token: string; onDone: (space: Space | null) => Promise<void> }) {
  const { t } = useTranslation('account');
  const queries = useQueryClient();

  /** A new account has its own space and the one that it was invited to. */
  async function registered(): Promise<void> {
    const spaces = await queries.fetchQuery({ ...spacesQuery, staleTime: 0 });
    await onDone(spaces.find((space) => space.kind === 'group') ?? null);
  }

  return (
    <div className={styles.ways}>
      <AccountForm
        submit={t('register.submit')}
        create={(account) => register({ ...account, invitation: token })}
        onDone={() => void registered()}
      />
      <p className={styles.note}>
        <Link to="/sign-in" search={{ return: '/join' }}>
          {t('join.have', { ns: 'spaces' })}
        </Link>
      </p>
    </div>
  );
}

/** Forgets the invitation and opens the space. */
function useArrival(): (space: Space | null) => Promise<void> {
  const { t } = useTranslation('spaces');
  const queries = useQueryClient();
  return async (space) => {
    dropFragment(PAGE);
    if (space) toast({ text: t('join.done', { name: space.name }), tone: 'success' });
    await queries.invalidateQueries({ queryKey: SPACES_KEY, refetchType: 'all' });
    if (space) navigate({ to: '/s/$spaceId', params: { spaceId: space.id }, replace: true });
    else navigate({ to: '/', replace: true });
  };
}
