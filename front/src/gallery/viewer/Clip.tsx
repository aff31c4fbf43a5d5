import { useEffect, useEffectEvent, useRef, useState } from 'react';
import { classes } from '@/shared/ui';
import { playOr } from './playback';
import styles from './Slide.module.css';

interface ClipProps {
  url: string;
  isLoud: boolean;
  className: string;
  onEnd: (isUnplayable: boolean) => void;
}

/** The moving half of a live photo: fades in over the still when it really moves. */
export function Clip({ url, isLoud, className, onEnd }: ClipProps) {
  const video = useRef<HTMLVideoElement>(null);
  const [source] = useState(url);
  const [moves, setMoves] = useState(false);
  const end = useEffectEvent(onEnd);
  useEffect(() => {
    if (video.current) void playOr(video.current, isLoud, () => end(false));
  }, [isLoud]);
  return (
    // biome-ignore lint/a11y/useMediaCaption: people's own live photos carry no captions
    <video
      ref={video}
      src={source}
      className={classes(className, styles.fades, moves && styles.shown)}
      playsInline
      disablePictureInPicture
      preload="auto"
      aria-hidden="true"
      tabIndex={-1}
      onPlaying={({ currentTarget }) => {
        // Sound without pictures: a codec that the browser does not have.
        if (currentTarget.videoWidth === 0) onEnd(true);
        else setMoves(true);
      }}
      onEnded={() => onEnd(false)}
      onError={() => onEnd(true)}
      data-testid="clip"
    />
  );
}
