import { useEffect, useRef, useState } from 'react';
import { useTranslation } from '@/shared/i18n';
import { useFormats } from '@/shared/i18n/format';
import { Button, CheckIcon, CloseIcon, classes, IconButton, ImageIcon, RetryIcon, toast } from '@/shared/ui';
import { VideoIcon } from '@/shared/ui/more';
import { canRetry, isFinished, type UploadItem } from './model';
import { makeThumb, rememberedThumb } from './thumbs';
import { useUpload } from './UploadProvider';
import styles from './UploadRow.module.css';

interface RowProps {
  item: UploadItem;
  /** The whole queue stands still. */
  halted: boolean;
  onOpen?: ((spaceId: string, assetId: string) => void) | undefined;
}

/** One file: what it is, how it is, and what can be done about it. */
export function UploadRow({ item, halted, onOpen }: RowProps) {
  const { t } = useTranslation('upload');
  const { state } = item;
  const assetId = state.kind === 'done' || state.kind === 'present' ? state.assetId : null;
  const open = onOpen && assetId !== null ? () => onOpen(item.spaceId, assetId) : null;
  const text = (
    <>
      <span className={styles.name} title={item.name}>
        {shortened(item.name)}
      </span>
      <StateText item={item} halted={halted} />
    </>
  );
  return (
    <div className={styles.row} data-state={state.kind}>
      <Thumb item={item} />
      {open ? (
        <button
          type="button"
          className={classes(styles.text, styles.link)}
          onClick={open}
          aria-label={t('action.open', { name: item.name })}
        >
          {text}
        </button>
      ) : (
        <div className={styles.text}>{text}</div>
      )}
      <RowActions item={item} />
    </div>
  );
}

const LONG_NAME = 36;

/** The end of a name tells more than its middle: "IMG_20240501_1…0832.jpg". */
function shortened(name: string): string {
  return name.length <= LONG_NAME ? name : `${name.slice(0, LONG_NAME - 13)}…${name.slice(-12)}`;
}

function StateText({ item, halted }: { item: UploadItem; halted: boolean }) {
  const { t } = useTranslation('upload');
  const { bytes, percent } = useFormats();
  const { state } = item;
  const size = bytes(item.size);
  switch (state.kind) {
    case 'sending':
      return <Line>{item.sent === 0 ? size : t('state.sending', { sent: bytes(item.sent), size })}</Line>;
    case 'verifying':
      return <Line>{t('state.verifying')}</Line>;
    case 'failed': {
      const own = state.reason === 'refused' && state.title !== '';
      return <Line tone="danger">{own ? state.title : t(`reason.${state.reason}`)}</Line>;
    }
    case 'question':
    case 'missing':
      return <Line tone="warning">{t(`state.${state.kind}`)}</Line>;
    case 'present':
      return state.trashed ? (
        <Line tone="warning">{t('state.trashed')}</Line>
      ) : (
        <Line>{t('state.present')}</Line>
      );
    case 'waiting':
      if (halted && item.sent > 0) {
        return <Line>{t('state.stopped', { percent: percent(item.sent / item.size) })}</Line>;
      }
      return (
        <Line>
          {size} · {t(state.until === undefined ? 'state.waiting' : 'state.waitingAgain')}
        </Line>
      );
    default:
      return (
        <Line>
          {size} · {t(`state.${state.kind}`)}
        </Line>
      );
  }
}

function Line({ tone, children }: { tone?: 'danger' | 'warning'; children: React.ReactNode }) {
  return <span className={classes(styles.state, tone && styles[tone])}>{children}</span>;
}

function RowActions({ item }: { item: UploadItem }) {
  const { t } = useTranslation('upload');
  const { store, pick } = useUpload();
  const { state } = item;
  if (state.kind === 'done') {
    return <Check className={styles.done} />;
  }
  if (state.kind === 'present' && !state.trashed) {
    return <Check className={styles.present} />;
  }
  return (
    <>
      {state.kind === 'present' && <RestoreButton item={item} />}
      {state.kind === 'question' && (
        <SmallButton onClick={() => store.uploadAnyway(item.id)}>{t('action.uploadAnyway')}</SmallButton>
      )}
      {state.kind === 'missing' && (
        <SmallButton onClick={() => pick(item.spaceId)}>{t('action.choose')}</SmallButton>
      )}
      {canRetry(item) && (
        <IconButton label={t('action.retry')} onClick={() => store.retry(item.id)} className={styles.icon}>
          <RetryIcon size={19} />
        </IconButton>
      )}
      {!isFinished(state) && (
        <IconButton
          label={t('action.remove', { name: item.name })}
          onClick={() => store.remove(item.id)}
          className={styles.icon}
        >
          <CloseIcon size={18} />
        </IconButton>
      )}
    </>
  );
}

function RestoreButton({ item }: { item: UploadItem }) {
  const { t } = useTranslation('upload');
  const { t: shared } = useTranslation();
  const { store } = useUpload();
  const [busy, setBusy] = useState(false);
  async function restore() {
    setBusy(true);
    try {
      await store.untrash(item.id);
      toast({ tone: 'success', text: t('restored') });
    } catch {
      toast({ tone: 'error', text: shared('error.unknown') });
    } finally {
      setBusy(false);
    }
  }
  return (
    <SmallButton busy={busy} onClick={() => void restore()}>
      {t('action.restore')}
    </SmallButton>
  );
}

function SmallButton(props: { busy?: boolean; onClick: () => void; children: React.ReactNode }) {
  return <Button {...props} className={styles.small} />;
}

function Check({ className }: { className: string | undefined }) {
  return (
    <span className={classes(styles.check, className)}>
      <CheckIcon size={18} />
    </span>
  );
}

/** The picture itself while it is at hand, with a ring that fills while it is sent. */
function Thumb({ item }: { item: UploadItem }) {
  const sending = item.state.kind === 'sending' || item.state.kind === 'verifying';
  return (
    <span className={styles.thumb}>
      <Picture id={item.id} />
      <span className={styles.kind}>
        {item.mime.startsWith('video/') ? <VideoIcon size={20} /> : <ImageIcon size={20} />}
      </span>
      {sending && <Ring share={item.size === 0 ? 0 : item.sent / item.size} />}
    </span>
  );
}

function Picture({ id }: { id: string }) {
  const { store } = useUpload();
  const canvas = useRef<HTMLCanvasElement>(null);
  const [picture, setPicture] = useState(() => rememberedThumb(id));

  useEffect(() => {
    const file = store.file(id);
    if (rememberedThumb(id) || !file) return;
    const leaving = new AbortController();
    void makeThumb(id, file, leaving.signal).then((made) => {
      if (!leaving.signal.aborted) setPicture(made);
    });
    return () => leaving.abort();
  }, [id, store]);

  useEffect(() => {
    if (picture) canvas.current?.getContext('2d')?.drawImage(picture, 0, 0);
  }, [picture]);

  if (!picture) return null;
  return <canvas ref={canvas} width={picture.width} height={picture.height} className={styles.picture} />;
}

const RADIUS = 9;
const AROUND = 2 * Math.PI * RADIUS;

function Ring({ share }: { share: number }) {
  return (
    <svg className={styles.ring} viewBox="0 0 44 44" aria-hidden="true">
      <circle cx="22" cy="22" r={RADIUS} className={styles.ringTrack} />
      <circle
        cx="22"
        cy="22"
        r={RADIUS}
        className={styles.ringBar}
        strokeDasharray={`${AROUND * Math.min(1, share)} ${AROUND}`}
        transform="rotate(-90 22 22)"
      />
    </svg>
  );
}
