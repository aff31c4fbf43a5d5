import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import type { Invitation, InvitationTerms, NewInvitation, Space } from '@/api/types';
import { useTranslation } from '@/shared/i18n';
import { useErrorText } from '@/shared/i18n/errors';
import { useFormats } from '@/shared/i18n/format';
import { copyText } from '@/shared/lib/copy';
import { canShare, share } from '@/shared/max';
import { Button, ErrorBanner, toast } from '@/shared/ui';
import { CopyIcon, Dialog, Form, LinkIcon, Section, SelectField, TextField } from '@/shared/ui/more';
import { invitationsQuery, invite, revokeInvitation } from './api';
import styles from './InvitationsSection.module.css';
import { RoleField } from './MembersList';
import { assignableRoles } from './roles';

/** The open invitation links of a space. */
export function InvitationsSection({ space }: { space: Space }) {
  const { t } = useTranslation('spaces');
  const [creating, setCreating] = useState(false);
  const invitations = useQuery(invitationsQuery(space.id));
  return (
    <Section
      title={t('invitations')}
      hint={t('invitations.hint')}
      action={
        <Button icon={<LinkIcon size={20} />} onClick={() => setCreating(true)}>
          {t('invitations.create')}
        </Button>
      }
    >
      {invitations.isLoadingError && <ErrorBanner error={invitations.error} onRetry={invitations.refetch} />}
      {invitations.data && invitations.data.length > 0 && (
        <ul className={styles.list}>
          {invitations.data.map((invitation) => (
            <InvitationRow key={invitation.id} space={space} invitation={invitation} />
          ))}
        </ul>
      )}
      <Dialog open={creating} onClose={() => setCreating(false)} title={t('invitations.title')}>
        <NewLink space={space} />
      </Dialog>
    </Section>
  );
}

function InvitationRow({ space, invitation }: { space: Space; invitation: Invitation }) {
  const { t } = useTranslation('spaces');
  const formats = useFormats();
  const errorText = useErrorText();
  const queries = useQueryClient();
  const revoke = useMutation({
    mutationFn: () => revokeInvitation(space.id, invitation.id),
    onSuccess: () => toast({ text: t('invitations.revoked') }),
    onError: (error) => toast({ text: errorText(error), tone: 'error' }),
    onSettled: () => queries.invalidateQueries(invitationsQuery(space.id)),
  });
  const uses =
    invitation.max_uses === null
      ? t('invitations.uses', { count: invitation.uses })
      : t('invitations.usesOf', { count: invitation.uses, most: invitation.max_uses });
  return (
    <li className={styles.row}>
      <div className={styles.facts}>
        <p className={styles.role}>{t(`role.${invitation.role}`)}</p>
        <p className={styles.terms}>
          {uses} · {t('invitations.until', { date: formats.date(invitation.expires_at) })}
        </p>
      </div>
      <Button variant="quiet" busy={revoke.isPending} onClick={() => revoke.mutate()}>
        {t('invitations.revoke')}
      </Button>
    </li>
  );
}

function NewLink({ space }: { space: Space }) {
  const { t } = useTranslation('spaces');
  const queries = useQueryClient();
  const create = useMutation({
    mutationFn: (terms: InvitationTerms) => invite(space.id, terms),
    onSuccess: () => queries.invalidateQueries(invitationsQuery(space.id)),
  });
  if (create.data) return <MadeLink invitation={create.data} spaceName={space.name} />;
  return (
    <Form
      onSubmit={({ role, days, uses }) =>
        create.mutateAsync({
          role: role as InvitationTerms['role'],
          expires_in_days: Number(days),
          max_uses: uses === 'one' ? 1 : null,
        })
      }
    >
      {create.error && <ErrorBanner error={create.error} />}
      <RoleField roles={assignableRoles(space.role).filter((role) => role !== 'owner')} />
      <SelectField name="days" label={t('invitations.days')} defaultValue="7">
        {[1, 7, 30].map((days) => (
          <option key={days} value={days}>
            {t('invitations.days.count', { count: days })}
          </option>
        ))}
      </SelectField>
      <SelectField name="uses" label={t('invitations.for')} defaultValue="many">
        <option value="many">{t('invitations.for.many')}</option>
        <option value="one">{t('invitations.for.one')}</option>
      </SelectField>
      <Button type="submit" variant="primary" block busy={create.isPending}>
        {t('invitations.create')}
      </Button>
    </Form>
  );
}

function MadeLink({ invitation, spaceName }: { invitation: NewInvitation; spaceName: string }) {
  const { t } = useTranslation('spaces');
  const field = useRef<HTMLDivElement>(null);

  async function copy(): Promise<void> {
    if (await copyText(invitation.url)) toast({ text: t('copied', { ns: 'shared' }), tone: 'success' });
    else field.current?.querySelector('input')?.select();
  }

  async function offer(): Promise<void> {
    const how = await share({ text: spaceName, url: invitation.url });
    if (how === 'copied') toast({ text: t('copied', { ns: 'shared' }), tone: 'success' });
  }

  return (
    <>
      <div ref={field}>
        <TextField
          label={t('invitations.link')}
          hint={t('invitations.once')}
          value={invitation.url}
          readOnly
          onFocus={(event) => event.currentTarget.select()}
        />
      </div>
      <Button variant="primary" block icon={<CopyIcon size={20} />} onClick={copy}>
        {t('copy', { ns: 'shared' })}
      </Button>
      {canShare() && (
        <Button block onClick={offer}>
          {t('invitations.share')}
        </Button>
      )}
    </>
  );
}
