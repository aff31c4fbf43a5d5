import { type FormEvent, useState } from 'react';
import type { Space } from '@/api/types';
import { useTranslation } from '@/shared/i18n';
import { Avatar, Button, ErrorBanner } from '@/shared/ui';
import { Choice, Dialog } from '@/shared/ui/more';
import type { BulkDialogProps } from './BulkDialogs';
import styles from './BulkDialogs.module.css';

interface BringDialogProps extends BulkDialogProps {
  targets: readonly Space[];
  canMove: boolean;
  onDone: (way: 'move' | 'copy', space: Space) => void;
}

/** Asks which space photos shall be moved or copied to. */
export function BringDialog(props: BringDialogProps) {
  const { assets, targets, canMove, isBusy, error, onDone, onClose } = props;
  const { t } = useTranslation('bulk');
  const { t: tShared } = useTranslation('shared');
  const [way, setWay] = useState<'move' | 'copy'>('copy');
  const [chosen, setChosen] = useState(targets[0]?.id);
  const target = targets.find((space) => space.id === chosen);

  function submit(event: FormEvent): void {
    event.preventDefault();
    if (target) onDone(way, target);
  }

  return (
    <Dialog open onClose={onClose} title={t('bring.title', { count: assets.length })}>
      <form className={styles.form} onSubmit={submit}>
        <fieldset className={styles.spaces}>
          <legend>{t('bring.space')}</legend>
          {targets.map((space) => (
            <label key={space.id} className={styles.space}>
              <input
                type="radio"
                name="space"
                value={space.id}
                checked={space.id === chosen}
                onChange={() => setChosen(space.id)}
              />
              <Avatar id={space.id} name={space.name} size={32} square />
              <span>{space.name}</span>
            </label>
          ))}
        </fieldset>
        {canMove && (
          <Choice
            label={t('bring.way')}
            value={way}
            options={[
              { value: 'copy', label: t('bring.copy') },
              { value: 'move', label: t('bring.move') },
            ]}
            onChange={setWay}
          />
        )}
        <p className={styles.note}>{t(`bring.note.${way}`)}</p>
        {error !== null && <ErrorBanner error={error} />}
        <div className={styles.buttons}>
          <Button variant="quiet" onClick={onClose}>
            {tShared('cancel')}
          </Button>
          <Button variant="primary" type="submit" disabled={!target} busy={isBusy}>
            {t(`bring.${way}`)}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
