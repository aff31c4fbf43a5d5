import { type FormEvent, useState } from 'react';
import type { AssetFacts } from '@/gallery/source';
import { useTranslation } from '@/shared/i18n';
import { parsePlace } from '@/shared/lib/place';
import { Button } from '@/shared/ui';
import { Dialog, MapPinIcon, TextField } from '@/shared/ui/more';
import type { NewPlace } from './api';
import styles from './BulkDialogs.module.css';

interface PlaceDialogProps {
  assets: readonly AssetFacts[];
  onDone: (place: NewPlace) => void;
  onClose: () => void;
}

/** Says where photos were taken: by coordinates or a link of a map; or takes the place away. */
export function PlaceDialog({ assets, onDone, onClose }: PlaceDialogProps) {
  const { t } = useTranslation('timeline');
  const { t: tShared } = useTranslation('shared');
  const [text, setText] = useState('');
  const place = parsePlace(text);
  const isWrong = text.trim() !== '' && !place;

  function submit(event: FormEvent): void {
    event.preventDefault();
    if (place) finish({ ...place });
  }

  function finish(change: NewPlace): void {
    onDone(change);
    onClose();
  }

  return (
    <Dialog open onClose={onClose} title={t('place.title', { count: assets.length })}>
      <form className={styles.form} onSubmit={submit}>
        <TextField
          label={t('place.field')}
          hint={t('place.hint')}
          error={isWrong ? t('place.wrong') : undefined}
          placeholder="55.7539, 37.6208"
          value={text}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          onChange={(event) => setText(event.target.value)}
        />
        <p className={styles.example} role="status">
          {place && (
            <>
              <MapPinIcon size={18} />
              <strong>
                {place.latitude}, {place.longitude}
              </strong>
            </>
          )}
        </p>
        <div className={styles.others}>
          <Button variant="quiet" onClick={() => finish({ restore: true })}>
            {t('edit.camera')}
          </Button>
          <Button variant="quiet" onClick={() => finish({})}>
            {t('place.remove')}
          </Button>
        </div>
        <div className={styles.buttons}>
          <Button variant="quiet" onClick={onClose}>
            {tShared('cancel')}
          </Button>
          <Button variant="primary" type="submit" disabled={!place}>
            {tShared('save')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
