import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { fieldError } from '@/api/problem';
import type { Space } from '@/api/types';
import { useTranslation } from '@/shared/i18n';
import { useErrorText } from '@/shared/i18n/errors';
import { Button } from '@/shared/ui';
import { Dialog, Form, TextField } from '@/shared/ui/more';
import { createSpace, spacesQuery } from './api';

interface CreateSpaceDialogProps {
  onClose: () => void;
  onCreated: (space: Space) => void;
}

/** Asks for the name of a new group space. */
export default function CreateSpaceDialog(props: CreateSpaceDialogProps) {
  const { t } = useTranslation('spaces');
  return (
    <Dialog open onClose={props.onClose} title={t('create.title')}>
      <CreateSpaceForm {...props} />
    </Dialog>
  );
}

function CreateSpaceForm({ onClose, onCreated }: CreateSpaceDialogProps) {
  const { t } = useTranslation('spaces');
  const errorText = useErrorText();
  const queries = useQueryClient();
  const [empty, setEmpty] = useState(false);
  const mutation = useMutation({
    mutationFn: createSpace,
    onSuccess: (space) => {
      queries.setQueryData(spacesQuery.queryKey, (before) => [...(before ?? []), space]);
      onClose();
      onCreated(space);
      // Not waited for: the form has arrived, and its draft must be gone before the next one opens.
      void queries.invalidateQueries(spacesQuery);
    },
  });
  const refused =
    mutation.error && (fieldError(mutation.error, 'name') ? t('name.rule') : errorText(mutation.error));
  return (
    <Form
      draft="space.new"
      onSubmit={({ name = '' }) => {
        setEmpty(!name.trim());
        return name.trim() ? mutation.mutateAsync(name.trim()) : undefined;
      }}
    >
      <TextField
        name="name"
        label={t('name')}
        hint={t('create.hint')}
        error={empty ? t('name.rule') : (refused ?? undefined)}
        placeholder={t('create.example')}
        autoComplete="off"
        maxLength={100}
      />
      <Button type="submit" variant="primary" block busy={mutation.isPending}>
        {t('space.create', { ns: 'shared' })}
      </Button>
    </Form>
  );
}
