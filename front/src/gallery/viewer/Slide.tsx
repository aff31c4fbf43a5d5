import { type ReactNode, type Ref, useEffect, useEffectEvent, useState } from 'react';
import { useTranslation } from '@/shared/i18n';
import { Button, classes, Spinner } from '@/shared/ui';
import { placeholderColour } from '../placeholders';
import type { AssetFacts } from '../source';
import { isSideways, turnedBox, turnedPicture } from '../turned';
import { Clip } from './Clip';
import styles from './Slide.module.css';
import { Video, type VideoTrouble } from './Video';
import type { Size } from './zoom';

/** Where the whole bytes are, once they are known. */
export interface OriginalMedia {
  readonly url: string;
  /** Whether the browser can show it as a picture. */
  readonly displayable: boolean;
  /** The moving half of a live photo. */
  readonly clip: string | null;
}

/** Whether the moving half of a live photo plays: silently, while one points at it, or with its sound. */
export type LivePlay = 'off' | 'silent' | 'loud';

export interface SlideProps {
  facts: AssetFacts;
  label: string;
  /** The size of the whole picture on the stage. */
  fitted: Size;
  /** Neighbours wait with their preview until the open picture has its own. */
  mayLoad: boolean;
  isCurrent: boolean;
  original: OriginalMedia | null;
  /** Whether the picture is enlarged beyond what a preview so many pixels wide can show. */
  wantsOriginal: (previewWidth: number) => boolean;
  live: LivePlay;
  /** The moving half has ended, or cannot be played at all. */
  onLiveEnd: (isUnplayable: boolean) => void;
  /** Shown in place of a picture that cannot be: why, and what can be done. */
  instead: ReactNode;
  /** The same for a video that does not play. */
  unplayable: (trouble: VideoTrouble, retry: () => void) => ReactNode;
  /** The player of the open video. */
  onVideo: (video: HTMLVideoElement | null) => void;
  onReady: () => void;
  frameRef: Ref<HTMLDivElement>;
}

/** One asset on the stage: thumb, then preview, then, when enlarged, the original; or a video; or words. */
export function Slide(props: SlideProps) {
  const { facts, fitted, instead, isCurrent, original, frameRef } = props;
  const [trouble, setTrouble] = useState<VideoTrouble | null>(null);
  if (facts.failed || facts.processing) return <div className={styles.message}>{instead}</div>;
  const colour = facts.thumbhash ? placeholderColour(facts.thumbhash) : null;
  return (
    <>
      <div
        ref={frameRef}
        className={classes(styles.frame, turnedBox(facts.rotation))}
        style={{ width: fitted.width, height: fitted.height, backgroundColor: colour ?? undefined }}
        data-testid={isCurrent ? 'frame' : undefined}
      >
        <Picture {...props} />
        {facts.video && isCurrent && original && !trouble && (
          <Video {...props} original={original} onTrouble={setTrouble} />
        )}
      </div>
      {trouble && isCurrent && (
        <div className={styles.over}>{props.unplayable(trouble, () => setTrouble(null))}</div>
      )}
    </>
  );
}

function Picture(props: SlideProps) {
  const { facts, label, mayLoad, isCurrent, original, wantsOriginal, onReady } = props;
  const { t } = useTranslation('gallery');
  const [previewWidth, setPreviewWidth] = useState(0);
  const [isBroken, setBroken] = useState(false);
  const [sharp, setSharp] = useState<'unasked' | 'asked' | 'shown' | 'failed'>('unasked');
  const wants =
    isCurrent &&
    previewWidth > 0 &&
    original?.displayable === true &&
    !facts.video &&
    wantsOriginal(previewWidth);
  if (wants && sharp === 'unasked') setSharp('asked');
  // URLs are renewed every hour; a picture that is there stays.
  const [{ preview, attempt }, setPreview] = useState({ preview: facts.preview, attempt: 0 });
  const [thumb] = useState(facts.thumb);
  function retry(): void {
    setPreview({ preview: facts.preview, attempt: attempt + 1 });
    setBroken(false);
  }
  // What could not be fetched may be at its new address.
  if (isBroken && preview !== facts.preview) retry();
  useOnline(isBroken, retry);
  const picture = classes(styles.picture, turnedPicture(facts.rotation));
  const name = facts.video ? '' : label;
  return (
    <>
      <img
        src={thumb}
        alt={previewWidth > 0 ? '' : name}
        className={picture}
        draggable={false}
        decoding="sync"
      />
      {mayLoad && (
        <img
          key={attempt}
          src={preview}
          alt={name}
          className={classes(picture, styles.fades, previewWidth > 0 && styles.shown)}
          draggable={false}
          decoding="async"
          onLoad={({ currentTarget: { naturalWidth, naturalHeight } }) => {
            setPreviewWidth(isSideways(facts.rotation) ? naturalHeight : naturalWidth);
            onReady();
          }}
          onError={() => {
            setBroken(true);
            onReady();
          }}
        />
      )}
      {(sharp === 'asked' || sharp === 'shown') && original && (
        <Original
          url={original.url}
          className={classes(picture, styles.fades, sharp === 'shown' && styles.shown)}
          onShown={() => setSharp('shown')}
          onFailed={() => setSharp('failed')}
        />
      )}
      {isCurrent && original?.clip && props.live !== 'off' && (
        <Clip
          url={original.clip}
          isLoud={props.live === 'loud'}
          className={classes(picture, styles.clip)}
          onEnd={props.onLiveEnd}
        />
      )}
      {sharp === 'asked' && wants && (
        <span className={styles.sharpening} role="status">
          <Spinner size={14} /> {t('viewer.loadingOriginal')}
        </span>
      )}
      {isBroken && !facts.video && (
        <span className={styles.broken} role="status">
          {t('viewer.broken')}
          <Button variant="quiet" className={styles.again} onClick={retry}>
            {t('retry', { ns: 'shared' })}
          </Button>
        </span>
      )}
    </>
  );
}

/** Calls back when the network returns, while one waits for that. */
function useOnline(isWaiting: boolean, onReturn: () => void): void {
  const back = useEffectEvent(onReturn);
  useEffect(() => {
    if (!isWaiting) return undefined;
    const listener = () => back();
    window.addEventListener('online', listener);
    return () => window.removeEventListener('online', listener);
  }, [isWaiting]);
}

function Original(props: { url: string; className: string; onShown: () => void; onFailed: () => void }) {
  // Addresses of originals are renewed every few minutes; what has been fetched is not fetched again for that.
  const [url] = useState(props.url);
  return (
    <img
      src={url}
      alt=""
      className={props.className}
      draggable={false}
      decoding="async"
      onLoad={props.onShown}
      onError={props.onFailed}
      data-testid="original"
    />
  );
}
