import { type FormEvent, useState } from 'react';
import type { Asset, AssetUpdate } from '@/api/types';
import { useTranslation } from '@/shared/i18n';
import { Button } from '@/shared/ui';
import { TextField } from '@/shared/ui/more';
import { offsetText, parseOffset } from './facts';
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
  const [moment, setMoment] = useState(asset.taken_at.slice(0, 19));
  const [offset, setOffset] = useState(offsetText(asset.utc_offset) ?? '');
  const [isBusy, setBusy] = useState(false);
  const minutes = parseOffset(offset);

  async function send(change: AssetUpdate): Promise<void> {
    setBusy(true);
    try {
      await onSave(change);
      onDone();
    } catch {
      setBusy(false);
    }
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
        onChange={(event) => setMoment(event.target.value)}
      />
      <TextField
        label={t('info.date.offset')}
        hint={t('info.date.offset.hint')}
        error={minutes === undefined ? t('info.date.offset.wrong') : undefined}
        value={offset}
        onChange={(event) => setOffset(event.target.value)}
      />
      <div className={styles.buttons}>
        {asset.taken_at_source === 'edited' && (
          <Button variant="quiet" busy={isBusy} onClick={() => void send({ taken_at: null })}>
            {t('info.date.reset')}
          </Button>
        )}
        <Button variant="quiet" onClick={onDone}>
          {tShared('cancel')}
        </Button>
        <Button variant="primary" type="submit" busy={isBusy}>
          {tShared('save')}
        </Button>
      </div>
    </form>
  );
}
