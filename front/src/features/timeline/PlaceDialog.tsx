import type { FormEvent } from 'react';
import { useTranslation } from '@/shared/i18n';
import { keepDraft } from '@/shared/lib/drafts';
import { parsePlace } from '@/shared/lib/place';
import { useDraft } from '@/shared/lib/useDraft';
import { Button, ErrorBanner } from '@/shared/ui';
import { Dialog, MapPinIcon, TextField } from '@/shared/ui/more';
import type { NewPlace } from './api';
import type { BulkDialogProps } from './BulkDialogs';
import styles from './BulkDialogs.module.css';

interface PlaceDialogProps extends BulkDialogProps {
  onDone: (place: NewPlace) => void;
}

/** Says where photos were taken: by coordinates or a link of a map; or takes the place away. */
export function PlaceDialog({ assets, draft, isBusy, error, onDone, onClose }: PlaceDialogProps) {
  const { t } = useTranslation('bulk');
  const { t: tShared } = useTranslation('shared');
  const [{ text }, change] = useDraft(draft, { text: '' });
  const place = parsePlace(text);
  const isWrong = text.trim() !== '' && !place;

  function submit(event: FormEvent): void {
    event.preventDefault();
    if (place) onDone({ ...place });
  }

  function cancel(): void {
    keepDraft(draft, {});
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
          onChange={(event) => change({ text: event.target.value })}
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
        {error !== null && <ErrorBanner error={error} />}
        <div className={styles.others}>
          <Button variant="quiet" disabled={isBusy} onClick={() => onDone({ restore: true })}>
            {t('edit.camera')}
          </Button>
          <Button variant="quiet" disabled={isBusy} onClick={() => onDone({})}>
            {t('place.remove')}
          </Button>
        </div>
        <div className={styles.buttons}>
          <Button variant="quiet" onClick={cancel}>
            {tShared('cancel')}
          </Button>
          <Button variant="primary" type="submit" disabled={!place} busy={isBusy}>
            {tShared('save')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
