import { type FormEvent, useState } from 'react';
import type { Asset, AssetUpdate } from '@/api/types';
import { useTranslation } from '@/shared/i18n';
import { dropDraftOn, keepDraft } from '@/shared/lib/drafts';
import { parsePlace, placeText } from '@/shared/lib/place';
import { useDraft } from '@/shared/lib/useDraft';
import { Button, ErrorBanner } from '@/shared/ui';
import { TextField } from '@/shared/ui/more';
import styles from './InfoPanel.module.css';

/** Says where an asset was taken: by coordinates or a map's link, as the camera said, or nowhere. */
export function PlaceForm({
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
  const { latitude, longitude } = asset;
  const known = latitude === null || longitude === null ? null : { latitude, longitude };
  const draft = `${asset.id}.place`;
  const [{ text }, change] = useDraft(draft, { text: known ? placeText(known) : '' });
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const [isTried, setTried] = useState(false);
  const place = parsePlace(text);

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
    setTried(true);
    if (place) void send({ latitude: place.latitude, longitude: place.longitude });
  }

  return (
    <form className={styles.dateForm} onSubmit={submit}>
      <TextField
        label={t('info.place.field')}
        hint={place ? t('info.place.read', { place: placeText(place) }) : t('info.place.hint')}
        error={isTried && !place ? t('info.place.wrong') : undefined}
        autoComplete="off"
        spellCheck={false}
        value={text}
        onChange={(event) => {
          change({ text: event.target.value });
          setTried(false);
        }}
      />
      {error !== null && <ErrorBanner error={error} />}
      <div className={styles.buttons}>
        {asset.place_edited && (
          <Button
            variant="quiet"
            busy={isBusy}
            onClick={() => void send({ latitude: null, longitude: null })}
          >
            {t('info.place.reset')}
          </Button>
        )}
        {known && (
          <Button variant="quiet" busy={isBusy} onClick={() => void send({ placeless: true })}>
            {t('info.place.clear')}
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
