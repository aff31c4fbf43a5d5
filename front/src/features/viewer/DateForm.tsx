import { type FormEvent, useState } from 'react';
import type { Asset, AssetUpdate } from '@/api/types';
import { useTranslation } from '@/shared/i18n';
import { dropDraftOn, keepDraft } from '@/shared/lib/drafts';
import { offsetText, parseOffset } from '@/shared/lib/offset';
import { useDraft } from '@/shared/lib/useDraft';
import { Button, ErrorBanner } from '@/shared/ui';
import { TextField } from '@/shared/ui/more';
import styles from './InfoPanel.module.css';

/** Corrects when an asset was taken: the camera's clock, and how far that was from UTC. */
export function DateForm({
  asset,
  onSave,
  onDone,
}: {
  asset: Asset;
  onSave: (change: AssetUpdate) => Promise<void>;
  onDone: () => void;
}) {
  const { t } = useTranslation('viewer');
  const { t: tShared } = useTranslation('shared');
  const draft = `${asset.id}.date`;
  const [{ moment, offset }, change] = useDraft(draft, {
    moment: asset.taken_at.slice(0, 19),
    offset: offsetText(asset.utc_offset) ?? '',
  });
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const minutes = parseOffset(offset);

  async function send(update: AssetUpdate): Promise<void> {
    setBusy(true);
    try {
      await dropDraftOn(onSave(update), draft);
      onDone();
    } catch (refusal) {
      setError(refusal);
      setBusy(false);
    }
  }

  function cancel(): void {
    keepDraft(draft, {});
    onDone();
  }

  function submit(event: FormEvent): void {
    event.preventDefault();
    if (minutes === undefined || moment === '') return;
    void send({ taken_at: moment.length === 16 ? `${moment}:00` : moment, utc_offset: minutes });
  }

  return (
    <form className={styles.dateForm} onSubmit={submit}>
      <TextField
        label={t('info.date.field')}
        type="datetime-local"
        step={1}
        required
        value={moment}
        onChange={(event) => change({ moment: event.target.value })}
      />
      <TextField
        label={t('info.date.offset')}
        hint={t('info.date.offset.hint')}
        error={minutes === undefined ? t('info.date.offset.wrong') : undefined}
        value={offset}
        onChange={(event) => change({ offset: event.target.value })}
      />
      {error !== null && <ErrorBanner error={error} />}
      <div className={styles.buttons}>
        {asset.taken_at_source === 'edited' && (
          <Button variant="quiet" busy={isBusy} onClick={() => void send({ taken_at: null })}>
            {t('info.date.reset')}
          </Button>
        )}
        <Button variant="quiet" onClick={cancel}>
          {tShared('cancel')}
        </Button>
        <Button variant="primary" type="submit" busy={isBusy}>
          {tShared('save')}
        </Button>
      </div>
    </form>
  );
}
