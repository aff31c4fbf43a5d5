import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Member, Role, Space } from '@/api/types';
import { useTranslation } from '@/shared/i18n';
import { useErrorText } from '@/shared/i18n/errors';
import {
  Avatar,
  Button,
  ErrorBanner,
  IconButton,
  Menu,
  type MenuItem,
  MoreIcon,
  Skeleton,
  TrashIcon,
  toast,
} from '@/shared/ui';
import { ConfirmDialog, Form, SelectField, TextField } from '@/shared/ui/more';
import { addMember, changeRole, membersQuery, removeMember, SPACES_KEY } from './api';
import styles from './MembersList.module.css';
import { assignableRoles, ROLES } from './roles';

export function MembersList({ space, userId }: { space: Space; userId: string }) {
  const members = useQuery(membersQuery(space.id));
  if (members.isPending) return <Skeleton height={72} />;
  if (members.isLoadingError) {
    return <ErrorBanner error={members.error} onRetry={members.refetch} />;
  }
  const rank = (member: Member) => ROLES.indexOf(member.role);
  const sorted = [...members.data].sort((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name));
  return (
    <ul className={styles.list}>
      {sorted.map((member) => (
        <MemberRow key={member.user_id} space={space} member={member} self={member.user_id === userId} />
      ))}
    </ul>
  );
}

function MemberRow({ space, member, self }: { space: Space; member: Member; self: boolean }) {
  const { t } = useTranslation('spaces');
  const errorText = useErrorText();
  const queries = useQueryClient();
  const [removing, setRemoving] = useState(false);
  const settled = {
    onError: (error: Error) => toast({ text: errorText(error), tone: 'error' as const }),
    onSettled: () => queries.invalidateQueries({ queryKey: SPACES_KEY }),
  };
  const change = useMutation({
    mutationFn: (role: Role) => changeRole(space.id, member.user_id, role),
    ...settled,
  });
  const remove = useMutation({
    mutationFn: () => removeMember(space.id, member.user_id),
    ...settled,
    onSuccess: () => toast({ text: t('members.removed', { name: member.name }) }),
  });
  const roles = assignableRoles(space.role);
  const editable = roles.includes(member.role) && !(self && space.role !== 'owner');
  const items: MenuItem[] = roles.map((role) => ({
    label: t(`role.${role}`),
    checked: role === member.role,
    onSelect: () => role !== member.role && change.mutate(role),
  }));
  if (!self) {
    items.push({
      label: t('members.remove'),
      icon: <TrashIcon />,
      danger: true,
      separated: true,
      onSelect: () => setRemoving(true),
    });
  }
  return (
    <li className={styles.member}>
      <Avatar id={member.user_id} name={member.name} />
      <div className={styles.who}>
        <p className={styles.name}>
          {member.name}
          {self && <span className={styles.self}> {t('members.you')}</span>}
        </p>
        {member.login && <p className={styles.login}>{member.login}</p>}
      </div>
      <span className={styles.role}>{t(`role.${change.variables ?? member.role}`)}</span>
      {editable && (
        <Menu
          label={t('members.change', { name: member.name })}
          items={items}
          trigger={(wiring) => (
            <IconButton {...wiring} label={t('members.change', { name: member.name })}>
              <MoreIcon />
            </IconButton>
          )}
        />
      )}
      <ConfirmDialog
        open={removing}
        title={t('members.remove.title', { name: member.name })}
        confirm={t('members.remove')}
        danger
        busy={remove.isPending}
        onConfirm={() => remove.mutate(undefined, { onSettled: () => setRemoving(false) })}
        onClose={() => setRemoving(false)}
      >
        <p>{t('members.remove.text')}</p>
      </ConfirmDialog>
    </li>
  );
}

/** Adds somebody who has an account already. */
export function AddMemberForm({ space }: { space: Space }) {
  const { t } = useTranslation('spaces');
  const errorText = useErrorText();
  const queries = useQueryClient();
  const [round, setRound] = useState(0);
  const [empty, setEmpty] = useState(false);
  const add = useMutation({
    mutationFn: ({ login, role }: { login: string; role: Role }) => addMember(space.id, login, role),
    onSuccess: (_nothing, { login }) => {
      setRound((before) => before + 1);
      toast({ text: t('members.added', { login }), tone: 'success' });
    },
    onSettled: () => queries.invalidateQueries({ queryKey: SPACES_KEY }),
  });
  return (
    <Form
      key={round}
      label={t('members.add')}
      draft={`space.${space.id}.member`}
      onSubmit={({ login = '', role = 'contributor' }) => {
        setEmpty(!login.trim());
        return login.trim() ? add.mutateAsync({ login: login.trim(), role: role as Role }) : undefined;
      }}
    >
      <div className={styles.add}>
        <TextField
          name="login"
          label={t('members.login')}
          error={empty ? t('members.login.required') : add.error ? errorText(add.error) : undefined}
          autoComplete="off"
          autoCapitalize="none"
          autoCorrect="off"
          spellCheck={false}
        />
        <RoleField roles={assignableRoles(space.role)} />
        <Button type="submit" busy={add.isPending} className={styles.submit}>
          {t('members.add')}
        </Button>
      </div>
    </Form>
  );
}

export function RoleField({ roles }: { roles: readonly Role[] }) {
  const { t } = useTranslation('spaces');
  return (
    <SelectField name="role" label={t('role')} defaultValue="contributor">
      {roles.map((role) => (
        <option key={role} value={role}>
          {t(`role.${role}`)}
        </option>
      ))}
    </SelectField>
  );
}
