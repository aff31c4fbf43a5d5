import { type ReactNode, type Ref, useEffect, useEffectEvent, useRef, useState } from 'react';
import { useTranslation } from '@/shared/i18n';
import { classes, Spinner } from '@/shared/ui';
import { placeholderColour } from '../placeholders';
import type { AssetFacts } from '../source';
import styles from './Slide.module.css';
import type { Size } from './zoom';

/** Where the whole bytes are, once they are known. */
export interface OriginalMedia {
  readonly url: string;
  /** Whether the browser can show it as a picture. */
  readonly displayable: boolean;
}

interface SlideProps {
  facts: AssetFacts;
  label: string;
  /** The size of the whole picture on the stage. */
  fitted: Size;
  /** Neighbours wait with their preview until the open picture has its own. */
  mayLoad: boolean;
  isCurrent: boolean;
  original: OriginalMedia | null;
  /** Whether the picture is enlarged beyond what the preview can show. */
  wantsOriginal: (previewWidth: number) => boolean;
  /** Shown in place of a picture that cannot be: why, and what can be done. */
  instead: ReactNode;
  onReady: () => void;
  frameRef: Ref<HTMLDivElement>;
}

/** One asset on the stage: thumb, then preview, then, when enlarged, the original; or a video; or words. */
export function Slide(props: SlideProps) {
  const { facts, fitted, instead, frameRef } = props;
  if (facts.failed || facts.processing) return <div className={styles.message}>{instead}</div>;
  const colour = facts.thumbhash ? placeholderColour(facts.thumbhash) : null;
  return (
    <div
      ref={frameRef}
      className={styles.frame}
      style={{ width: fitted.width, height: fitted.height, backgroundColor: colour ?? undefined }}
    >
      {facts.video && props.isCurrent && props.original ? <Video {...props} /> : <Picture {...props} />}
    </div>
  );
}

function Picture({ facts, label, mayLoad, isCurrent, original, wantsOriginal, onReady }: SlideProps) {
  const { t } = useTranslation('gallery');
  const [previewWidth, setPreviewWidth] = useState(0);
  const [isBroken, setBroken] = useState(false);
  const [isSharp, setSharp] = useState(false);
  const [wasWanted, setWanted] = useState(false);
  const wants =
    isCurrent &&
    previewWidth > 0 &&
    original?.displayable === true &&
    !facts.video &&
    wantsOriginal(previewWidth);
  if (wants && !wasWanted) setWanted(true);
  // URLs are renewed every hour; a picture that is there stays.
  const [preview] = useState(facts.preview);
  const [thumb] = useState(facts.thumb);
  return (
    <>
      <img src={thumb} alt={previewWidth > 0 ? '' : label} className={styles.picture} draggable={false} />
      {mayLoad && (
        <img
          src={preview}
          alt={label}
          className={classes(styles.picture, styles.fades, previewWidth > 0 && styles.shown)}
          draggable={false}
          decoding="async"
          onLoad={(event) => {
            setPreviewWidth(event.currentTarget.naturalWidth);
            onReady();
          }}
          onError={() => {
            setBroken(true);
            onReady();
          }}
        />
      )}
      {wasWanted && original && (
        <img
          src={original.url}
          alt=""
          className={classes(styles.picture, styles.fades, isSharp && styles.shown)}
          draggable={false}
          decoding="async"
          onLoad={() => setSharp(true)}
          onError={() => setWanted(false)}
          data-testid="original"
        />
      )}
      {wasWanted && !isSharp && wants && (
        <span className={styles.sharpening} role="status">
          <Spinner size={14} /> {t('viewer.loadingOriginal')}
        </span>
      )}
      {isBroken && (
        <span className={styles.broken} role="status">
          {t('viewer.broken')}
        </span>
      )}
    </>
  );
}

function Video({ facts, label, original, onReady }: SlideProps) {
  const { t } = useTranslation('gallery');
  const video = useRef<HTMLVideoElement>(null);
  const [isBroken, setBroken] = useState(false);
  const ready = useEffectEvent(onReady);
  useEffect(() => {
    ready();
    if (matchMedia('(prefers-reduced-motion: reduce)').matches) return;
    // Browsers may refuse to begin with sound by themselves; then the person begins.
    video.current?.play().catch(() => undefined);
  }, []);
  if (isBroken) {
    return (
      <>
        <img src={facts.preview} alt={label} className={styles.picture} />
        <span className={styles.broken} role="status">
          {t('viewer.video.broken')}
        </span>
      </>
    );
  }
  return (
    // biome-ignore lint/a11y/useMediaCaption: people's own videos carry no captions
    <video
      ref={video}
      src={original?.url}
      poster={facts.preview}
      className={styles.picture}
      controls
      playsInline
      preload="metadata"
      aria-label={label}
      onError={() => setBroken(true)}
    />
  );
}
