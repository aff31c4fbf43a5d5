import { useEffect, useEffectEvent, useRef, useState } from 'react';
import { prefersStill } from '@/shared/lib/motion';
import { classes } from '@/shared/ui';
import { turnedPicture } from '../turned';
import { playOr } from './playback';
import type { OriginalMedia, SlideProps } from './Slide';
import styles from './Slide.module.css';
import { isSoundWanted } from './sound';

/** Why a video does not play: the browser does not know its format, or the bytes do not come. */
export type VideoTrouble = 'format' | 'network';

type VideoProps = Pick<SlideProps, 'facts' | 'label' | 'onVideo' | 'onReady'> & {
  original: OriginalMedia;
  onTrouble: (trouble: VideoTrouble) => void;
};

/** A video over its preview; the controls lie elsewhere and are told which element it is. */
export function Video({ facts, label, original, onVideo, onReady, onTrouble }: VideoProps) {
  const video = useRef<HTMLVideoElement>(null);
  // Addresses are renewed every few minutes; what plays goes on playing.
  const [source, setSource] = useState(original.url);
  const [moves, setMoves] = useState(false);
  /** Where to go on after the address was renewed. */
  const resumeAt = useRef(0);
  const tell = useEffectEvent(onVideo);
  const ready = useEffectEvent(onReady);

  useEffect(() => {
    const element = video.current;
    if (!element) return undefined;
    tell(element);
    ready();
    if (!prefersStill()) void playOr(element, isSoundWanted());
    return () => tell(null);
  }, []);

  async function stumble(element: HTMLVideoElement): Promise<void> {
    resumeAt.current = element.currentTime;
    const reason = await reasonOf(original.url);
    if (reason === 'network' || original.url === source) onTrouble(reason);
    else setSource(original.url);
  }

  return (
    // biome-ignore lint/a11y/useMediaCaption: people's own videos carry no captions
    <video
      ref={video}
      src={source}
      className={classes(styles.picture, turnedPicture(facts.rotation), styles.fades, moves && styles.shown)}
      playsInline
      preload="metadata"
      aria-label={label}
      onLoadedMetadata={({ currentTarget }) => {
        // Sound without pictures: a codec that the browser does not have.
        if (currentTarget.videoWidth === 0) onTrouble('format');
        else if (resumeAt.current > 0) {
          currentTarget.currentTime = resumeAt.current;
          void playOr(currentTarget, isSoundWanted());
        }
      }}
      onLoadedData={() => setMoves(true)}
      onError={({ currentTarget }) => void stumble(currentTarget)}
    />
  );
}

/** A browser says the same of bytes that it cannot read and of bytes that it does not get. */
async function reasonOf(url: string): Promise<VideoTrouble> {
  try {
    const answer = await fetch(url, { headers: { Range: 'bytes=0-0' } });
    return answer.ok ? 'format' : 'network';
  } catch {
    return 'network';
  }
}
