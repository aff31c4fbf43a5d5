import type { FormEvent } from 'react';
import { useLabels } from '@/gallery/labels';
import type { AssetFacts } from '@/gallery/source';
import { useTranslation } from '@/shared/i18n';
import { keepDraft } from '@/shared/lib/drafts';
import { parseOffset } from '@/shared/lib/offset';
import { useDraft } from '@/shared/lib/useDraft';
import { Button, ErrorBanner } from '@/shared/ui';
import { Choice, Dialog, Tabs, TextField } from '@/shared/ui/more';
import type { NewDate } from './api';
import type { BulkDialogProps } from './BulkDialogs';
import styles from './BulkDialogs.module.css';

interface DateDialogProps extends BulkDialogProps {
  onDone: (date: NewDate) => void;
}

/** Corrects when photos were taken: by shifting all of them, or by one date for all. */
export function DateDialog({ assets, draft, isBusy, error, onDone, onClose }: DateDialogProps) {
  const { t } = useTranslation('bulk');
  const { t: tShared } = useTranslation('shared');
  const labels = useLabels();
  const oldest = assets.reduce((one, other) => (momentOf(other) < momentOf(one) ? other : one));
  const [fields, change] = useDraft(draft, {
    way: 'shift',
    direction: 'later',
    days: '0',
    hours: '1',
    minutes: '0',
    moment: momentOf(oldest),
    offset: '',
  });
  const { way, direction, moment, offset } = fields;
  const minutes = parseOffset(offset);
  const shift = (direction === 'earlier' ? -1 : 1) * secondsOf(fields);
  const isReady = minutes !== undefined && (way === 'set' ? moment !== '' : shift !== 0 || minutes !== null);

  function submit(event: FormEvent): void {
    event.preventDefault();
    if (!isReady) return;
    const zone = minutes === null ? {} : { utc_offset: minutes };
    const set = moment.length === 16 ? `${moment}:00` : moment;
    onDone(
      way === 'set' ? { taken_at: set, ...zone } : shift === 0 ? zone : { shift_seconds: shift, ...zone },
    );
  }

  function cancel(): void {
    keepDraft(draft, {});
    onClose();
  }

  const shifting = (
    <div className={styles.fields}>
      <Choice
        label={t('date.direction')}
        value={direction}
        options={[
          { value: 'later', label: t('date.later') },
          { value: 'earlier', label: t('date.earlier') },
        ]}
        onChange={(value) => change({ direction: value })}
      />
      <div className={styles.amounts}>
        {UNITS.map((unit) => (
          <TextField
            key={unit}
            label={t(`date.${unit}`)}
            type="number"
            inputMode="numeric"
            min={0}
            max={MOST[unit]}
            value={fields[unit]}
            onChange={(event) => change({ [unit]: String(clamped(event.target.valueAsNumber, MOST[unit])) })}
          />
        ))}
      </div>
      <p className={styles.example}>
        <span>{labels.when(oldest)}</span>
        <span aria-hidden="true">→</span>
        <strong>{labels.when(shifted(oldest, shift))}</strong>
      </p>
    </div>
  );
  const setting = (
    <div className={styles.fields}>
      <TextField
        label={t('date.moment')}
        hint={assets.length > 1 ? t('date.moment.hint', { count: assets.length }) : undefined}
        type="datetime-local"
        value={moment}
        onChange={(event) => change({ moment: event.target.value })}
      />
    </div>
  );
  return (
    <Dialog open onClose={onClose} title={t('date.title', { count: assets.length })}>
      <form className={styles.form} onSubmit={submit}>
        <Tabs
          label={t('date.way')}
          value={way === 'set' ? 'set' : 'shift'}
          tabs={[
            { value: 'shift', label: t('date.shift'), content: shifting },
            { value: 'set', label: t('date.set'), content: setting },
          ]}
          onChange={(value) => change({ way: value })}
        />
        <TextField
          label={t('date.offset')}
          hint={t('date.offset.hint')}
          error={minutes === undefined ? t('date.offset.wrong') : undefined}
          value={offset}
          placeholder="+03:00"
          autoComplete="off"
          onChange={(event) => change({ offset: event.target.value })}
        />
        {error !== null && <ErrorBanner error={error} />}
        <div className={styles.others}>
          <Button variant="quiet" disabled={isBusy} onClick={() => onDone({ restore: true })}>
            {t('edit.camera')}
          </Button>
        </div>
        <div className={styles.buttons}>
          <Button variant="quiet" onClick={cancel}>
            {tShared('cancel')}
          </Button>
          <Button variant="primary" type="submit" disabled={!isReady} busy={isBusy}>
            {tShared('save')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

const UNITS = ['days', 'hours', 'minutes'] as const;
const MOST = { days: 40_000, hours: 23, minutes: 59 } as const;

function clamped(value: number, most: number): number {
  return Number.isFinite(value) ? Math.min(most, Math.max(0, Math.floor(value))) : 0;
}

function secondsOf({ days, hours, minutes }: Record<(typeof UNITS)[number], string>): number {
  return ((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60;
}

/** "2024-05-01T14:20" */
function momentOf({ day, minutes }: AssetFacts): string {
  const parts = [Math.floor(minutes / 60), minutes % 60].map((part) => String(part).padStart(2, '0'));
  return `${day}T${parts.join(':')}`;
}

function shifted(facts: AssetFacts, seconds: number): AssetFacts {
  const moment = new Date(Date.parse(`${momentOf(facts)}:00Z`) + seconds * 1000);
  const [day = '', clock = ''] = moment.toISOString().split('T');
  const [hours = 0, minutes = 0] = clock.split(':').map(Number);
  return { ...facts, day, minutes: hours * 60 + minutes };
}
