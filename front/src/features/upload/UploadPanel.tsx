import { useEffect, useState } from 'react';
import { currentLanguage, useTranslation } from '@/shared/i18n';
import { useFormats } from '@/shared/i18n/format';
import { useMediaQuery } from '@/shared/lib/useMediaQuery';
import { useWakeLock } from '@/shared/lib/useWakeLock';
import {
  CheckIcon,
  ChevronDownIcon,
  CloseIcon,
  classes,
  ErrorIcon,
  IconButton,
  OfflineIcon,
  PlayIcon,
  Progress,
  RetryIcon,
  UploadIcon,
} from '@/shared/ui';
import { PauseIcon, Sheet } from '@/shared/ui/more';
import { fractionOf } from './pace';
import type { UploadSnapshot } from './store';
import { UploadList } from './UploadList';
import styles from './UploadPanel.module.css';
import { useUpload, useUploadSnapshot } from './UploadProvider';

interface PanelProps {
  /** Shows a photo that has arrived. */
  onOpen?: ((spaceId: string, assetId: string) => void) | undefined;
}

/**
 * What the upload queue is doing: a panel in the corner on a desktop; on a phone a bar above the navigation that opens as a
 * sheet. Nothing is drawn while the queue is empty.
 */
export function UploadPanel({ onOpen }: PanelProps) {
  const snapshot = useUploadSnapshot();
  const { totals, looking } = snapshot;
  const phone = useMediaQuery('(width < 600px)');
  const [open, setOpen] = useState<boolean | null>(null);
  // Open by itself while there is something to follow; out of the way when all went well.
  const shown = open ?? (!phone && moodOf(snapshot) !== 'done');
  useWakeLock(totals.active > 0);

  if (totals.files === 0 && !looking) return null;
  return phone ? (
    <PhonePanel snapshot={snapshot} open={shown} onToggle={setOpen} onOpen={onOpen} />
  ) : (
    <DesktopPanel snapshot={snapshot} open={shown} onToggle={setOpen} onOpen={onOpen} />
  );
}

interface Inside extends PanelProps {
  snapshot: UploadSnapshot;
  open: boolean;
  onToggle: (open: boolean) => void;
}

function DesktopPanel({ snapshot, open, onToggle, onOpen }: Inside) {
  const { t } = useTranslation('upload');
  return (
    <section className={styles.panel} aria-label={t('panel')}>
      <Announcer snapshot={snapshot} />
      <header className={styles.header}>
        <Summary snapshot={snapshot} />
        <QueueButtons snapshot={snapshot} />
        <IconButton
          label={t(open ? 'panel.collapse' : 'panel.expand')}
          aria-expanded={open}
          onClick={() => onToggle(!open)}
        >
          <ChevronDownIcon className={classes(styles.chevron, !open && styles.up)} />
        </IconButton>
        <CloseButton snapshot={snapshot} />
      </header>
      <Bar snapshot={snapshot} />
      {open && (
        <div className={styles.body}>
          <UploadList onOpen={onOpen} />
        </div>
      )}
    </section>
  );
}

function PhonePanel({ snapshot, open, onToggle, onOpen }: Inside) {
  const { t } = useTranslation('upload');
  return (
    <>
      <section className={styles.bar} aria-label={t('panel')}>
        <Announcer snapshot={snapshot} />
        <div className={styles.barInside}>
          <button
            type="button"
            className={styles.barButton}
            aria-label={t('panel.expand')}
            onClick={() => onToggle(true)}
          >
            <Summary snapshot={snapshot} />
          </button>
          <CloseButton snapshot={snapshot} />
        </div>
        <Bar snapshot={snapshot} />
      </section>
      <Sheet open={open} title={t('panel')} onClose={() => onToggle(false)}>
        <div className={styles.sheet}>
          <div className={styles.sheetHeader}>
            <Summary snapshot={snapshot} />
            <QueueButtons snapshot={snapshot} />
          </div>
          <Bar snapshot={snapshot} />
          <UploadList
            onOpen={
              onOpen &&
              ((spaceId, assetId) => {
                onToggle(false);
                onOpen(spaceId, assetId);
              })
            }
          />
        </div>
      </Sheet>
    </>
  );
}

type Mood = 'moving' | 'paused' | 'offline' | 'attention' | 'done';

function moodOf({ halt, totals, looking }: UploadSnapshot): Mood {
  if (halt?.why === 'paused') return 'paused';
  if (halt) return 'offline';
  if (looking || totals.active + totals.waiting > 0) return 'moving';
  return totals.attention > 0 ? 'attention' : 'done';
}

const MOOD_ICONS: Readonly<Record<Mood, React.ReactNode>> = {
  moving: <UploadIcon size={20} />,
  paused: <PauseIcon size={20} />,
  offline: <OfflineIcon size={20} />,
  attention: <ErrorIcon size={20} />,
  done: <CheckIcon size={20} />,
};

function Summary({ snapshot }: { snapshot: UploadSnapshot }) {
  const mood = moodOf(snapshot);
  const title = useTitle(snapshot, mood);
  const hint = useHint(snapshot, mood);
  return (
    <span className={styles.summary}>
      <span className={styles.mood} data-mood={mood}>
        {MOOD_ICONS[mood]}
        {mood !== 'attention' && snapshot.totals.attention > 0 && (
          <span className={styles.badge}>{snapshot.totals.attention}</span>
        )}
      </span>
      <span className={styles.words}>
        <span className={styles.title}>{title}</span>
        {hint !== '' && <span className={styles.hint}>{hint}</span>}
      </span>
    </span>
  );
}

function useTitle({ halt, totals, looking, items }: UploadSnapshot, mood: Mood): string {
  const { t } = useTranslation('upload');
  const { number } = useFormats();
  if (halt) return t(`title.${halt.why}`);
  if (mood === 'moving') {
    const total = totals.files - totals.attention;
    return looking && total === 0
      ? t('title.looking')
      : t('title.sending', { done: number(totals.finished), total: number(total) });
  }
  if (mood === 'attention') return t('title.attention', { count: totals.attention });
  const sent = items.filter((item) => item.state.kind === 'done').length;
  return sent === 0 ? t('title.present') : t('title.done', { count: sent });
}

function useHint(snapshot: UploadSnapshot, mood: Mood): string {
  const { t } = useTranslation('upload');
  const { bytes, number } = useFormats();
  const { halt, totals, speed, secondsLeft, items } = snapshot;
  const seconds = useSecondsUntil(halt?.until ?? null);
  if (halt) {
    if (halt.why === 'signed-out') return t('hint.signIn');
    if (halt.why === 'offline') return t('hint.resumes');
    if (halt.why !== 'paused') return t('hint.resumesIn', { time: inUnits(seconds, 'second') });
    return t('hint.progress', {
      done: number(totals.finished),
      total: number(totals.files - totals.attention),
    });
  }
  if (mood === 'moving') {
    const parts = [
      speed === null ? t('hint.starting') : t('hint.speed', { speed: bytes(speed) }),
      secondsLeft === null ? '' : leftText(secondsLeft),
    ];
    return parts.filter(Boolean).join(' · ');
  }
  const present = items.filter((item) => item.state.kind === 'present').length;
  const mixed = present > 0 && present < totals.finished;
  if (mood === 'attention') return totals.finished > 0 ? t('title.done', { count: totals.finished }) : '';
  return mixed ? t('hint.present', { count: present }) : t('hint.saved');

  function leftText(left: number): string {
    return left < 60 ? t('hint.lessThanMinute') : t('hint.left', { time: duration(left) });
  }
}

/** "2 min", "1 h 20 min" in the reader's language; rough on purpose. */
function duration(seconds: number): string {
  const minutes = Math.round(seconds / 60);
  const hours = Math.floor(minutes / 60);
  if (hours === 0) return inUnits(minutes, 'minute');
  const rest = hours < 5 ? minutes % 60 : 0;
  return rest === 0 ? inUnits(hours, 'hour') : `${inUnits(hours, 'hour')} ${inUnits(rest, 'minute')}`;
}

function inUnits(value: number, unit: 'second' | 'minute' | 'hour'): string {
  return new Intl.NumberFormat(currentLanguage(), { style: 'unit', unit, unitDisplay: 'short' }).format(
    value,
  );
}

/** Counts down to a moment, once a second. */
function useSecondsUntil(until: number | null): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (until === null) return;
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, [until]);
  return until === null ? 0 : Math.max(1, Math.ceil((until - now) / 1_000));
}

function Bar({ snapshot }: { snapshot: UploadSnapshot }) {
  const { t } = useTranslation('upload');
  const { totals, looking } = snapshot;
  if (totals.active + totals.waiting === 0 && !looking) return null;
  const value = looking && totals.files === 0 ? null : fractionOf(totals);
  return (
    <div className={styles.progress}>
      <Progress value={value} label={t('panel.progress')} />
    </div>
  );
}

function QueueButtons({ snapshot: { halt, totals } }: { snapshot: UploadSnapshot }) {
  const { t } = useTranslation('upload');
  const { store } = useUpload();
  if (totals.active + totals.waiting === 0) return null;
  if (halt?.why === 'paused') {
    return (
      <IconButton label={t('panel.resume')} onClick={() => store.resume()}>
        <PlayIcon size={20} />
      </IconButton>
    );
  }
  if (halt && halt.why !== 'signed-out') {
    return (
      <IconButton label={t('panel.tryNow')} onClick={() => store.tryNow()}>
        <RetryIcon size={20} />
      </IconButton>
    );
  }
  return (
    <IconButton label={t('panel.pause')} onClick={() => store.pause()}>
      <PauseIcon size={20} />
    </IconButton>
  );
}

/** Empties the list; offered only when nothing is on its way. */
function CloseButton({ snapshot: { totals, looking } }: { snapshot: UploadSnapshot }) {
  const { t } = useTranslation('upload');
  const { store } = useUpload();
  if (looking || totals.active + totals.waiting > 0) return null;
  return (
    <IconButton label={t('panel.close')} onClick={() => store.cancelAll()}>
      <CloseIcon size={20} />
    </IconButton>
  );
}

/** Tells screen readers what changed in general; the numbers would never stop. */
function Announcer({ snapshot }: { snapshot: UploadSnapshot }) {
  const { t } = useTranslation('upload');
  const mood = moodOf(snapshot);
  const title = useTitle(snapshot, mood);
  const { attention } = snapshot.totals;
  const words = mood === 'moving' ? (attention > 0 ? t('title.attention', { count: attention }) : '') : title;
  return (
    <span className={styles.announcer} role="status">
      {words}
    </span>
  );
}
