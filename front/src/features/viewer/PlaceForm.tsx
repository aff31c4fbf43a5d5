import { type FormEvent, useState } from 'react';
import type { Asset, AssetUpdate } from '@/api/types';
import { useTranslation } from '@/shared/i18n';
import { parsePlace, placeText } from '@/shared/lib/place';
import { Button } from '@/shared/ui';
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
  const [text, setText] = useState(known ? placeText(known) : '');
  const [isBusy, setBusy] = useState(false);
  const [isTried, setTried] = useState(false);
  const place = parsePlace(text);

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
          setText(event.target.value);
          setTried(false);
        }}
      />
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
