import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { fieldError } from '@/api/problem';
import type { Space } from '@/api/types';
import { useTranslation } from '@/shared/i18n';
import { useErrorText } from '@/shared/i18n/errors';
import { Button, TrashIcon, toast } from '@/shared/ui';
import { ConfirmDialog, Form, Section, SignOutIcon, TextField } from '@/shared/ui/more';
import { deleteSpace, removeMember, renameSpace, SPACES_KEY } from './api';
import { canManage } from './roles';
import styles from './SpaceSection.module.css';

interface SpaceSectionProps {
  space: Space;
  userId: string;
  onGone: () => void;
}

/** The space itself: its name, and the ways out of it. */
export function SpaceSection({ space, userId, onGone }: SpaceSectionProps) {
  const { t } = useTranslation('spaces');
  const [asking, setAsking] = useState<'leave' | 'delete' | null>(null);
  const queries = useQueryClient();
  const errorText = useErrorText();
  const part = useMutation({
    mutationFn: (how: 'leave' | 'delete') =>
      how === 'leave' ? removeMember(space.id, userId) : deleteSpace(space.id),
    onSuccess: (_nothing, how) => {
      toast({ text: t(`${how}.done`, { name: space.name }) });
      onGone();
    },
    onError: (error) => toast({ text: errorText(error), tone: 'error' }),
    onSettled: () => {
      setAsking(null);
      return queries.invalidateQueries({ queryKey: SPACES_KEY });
    },
  });
  const group = space.kind === 'group';
  if (!group && !canManage(space)) return null;
  return (
    <Section title={t('space')}>
      {canManage(space) && <RenameForm space={space} />}
      {group && (
        <div className={styles.ways}>
          <Button icon={<SignOutIcon size={20} />} onClick={() => setAsking('leave')}>
            {t('leave')}
          </Button>
          {space.role === 'owner' && (
            <Button icon={<TrashIcon size={20} />} onClick={() => setAsking('delete')}>
              {t('delete')}
            </Button>
          )}
        </div>
      )}
      <ConfirmDialog
        open={asking !== null}
        title={t(`${asking ?? 'leave'}.title`, { name: space.name })}
        confirm={t(asking ?? 'leave')}
        danger
        busy={part.isPending}
        onConfirm={() => asking && part.mutate(asking)}
        onClose={() => setAsking(null)}
      >
        <p>{t(`${asking ?? 'leave'}.text`)}</p>
      </ConfirmDialog>
    </Section>
  );
}

function RenameForm({ space }: { space: Space }) {
  const { t } = useTranslation('spaces');
  const errorText = useErrorText();
  const queries = useQueryClient();
  const rename = useMutation({
    mutationFn: (name: string) => renameSpace(space.id, name),
    onSuccess: () => toast({ text: t('renamed'), tone: 'success' }),
    onSettled: () => queries.invalidateQueries({ queryKey: SPACES_KEY }),
  });
  const error = rename.error && (fieldError(rename.error, 'name') ? t('name.rule') : errorText(rename.error));
  return (
    <Form onSubmit={({ name = '' }) => rename.mutateAsync(name)} draft={`space.${space.id}.name`}>
      <TextField
        key={space.name}
        name="name"
        label={t('name')}
        error={error ?? undefined}
        defaultValue={space.name}
        autoComplete="off"
        maxLength={100}
      />
      <div>
        <Button type="submit" busy={rename.isPending}>
          {t('save', { ns: 'shared' })}
        </Button>
      </div>
    </Form>
  );
}
