import { type CSSProperties, useSyncExternalStore } from 'react';
import { useTranslation } from '@/shared/i18n';
import { useFormats } from '@/shared/i18n/format';
import { IconButton, PlayIcon } from '@/shared/ui';
import { PauseIcon, SoundIcon, SoundOffIcon } from '@/shared/ui/more';
import { togglePlay } from './playback';
import { setSound } from './sound';
import styles from './VideoControls.module.css';

const EVENTS = [
  'play',
  'pause',
  'ended',
  'timeupdate',
  'seeking',
  'seeked',
  'durationchange',
  'progress',
  'volumechange',
  'loadedmetadata',
];

/** Play, a line to draw along, the time, the sound. They lie outside the picture, so they stand upright whatever is turned. */
export function VideoControls({ video }: { video: HTMLVideoElement }) {
  const { t } = useTranslation('gallery');
  const formats = useFormats();
  const { isPaused, isMuted, time, duration, buffered } = usePlayer(video);
  const part = (seconds: number) => `${duration > 0 ? Math.min(100, (seconds / duration) * 100) : 0}%`;
  const clock = `${formats.clock(time)} / ${formats.clock(duration)}`;
  return (
    <section className={styles.controls} aria-label={t('viewer.video.controls')}>
      <IconButton
        label={t(isPaused ? 'viewer.video.play' : 'viewer.video.pause')}
        className={styles.button}
        onClick={() => togglePlay(video)}
      >
        {isPaused ? <PlayIcon /> : <PauseIcon />}
      </IconButton>
      <input
        type="range"
        className={styles.scrub}
        style={{ '--played': part(time), '--buffered': part(Math.max(time, buffered)) } as CSSProperties}
        min={0}
        max={duration || 1}
        step={duration > 120 ? 1 : 0.1}
        value={Math.min(time, duration || 1)}
        disabled={duration === 0}
        aria-label={t('viewer.video.time')}
        aria-valuetext={clock}
        onChange={(event) => {
          video.currentTime = Number(event.target.value);
        }}
      />
      <span className={styles.time} aria-hidden="true">
        {clock}
      </span>
      <IconButton
        label={t(isMuted ? 'viewer.video.unmute' : 'viewer.video.mute')}
        className={styles.button}
        onClick={() => setSound(video, isMuted)}
      >
        {isMuted ? <SoundOffIcon /> : <SoundIcon />}
      </IconButton>
    </section>
  );
}

interface Player {
  readonly isPaused: boolean;
  readonly isMuted: boolean;
  readonly time: number;
  readonly duration: number;
  readonly buffered: number;
}

function usePlayer(video: HTMLVideoElement): Player {
  const told = useSyncExternalStore(
    (listener) => {
      for (const name of EVENTS) video.addEventListener(name, listener);
      return () => {
        for (const name of EVENTS) video.removeEventListener(name, listener);
      };
    },
    () =>
      [
        Number(video.paused),
        Number(video.muted),
        video.currentTime,
        known(video.duration),
        ahead(video),
      ].join(),
  );
  const [paused = 0, muted = 0, time = 0, duration = 0, buffered = 0] = told.split(',').map(Number);
  return { isPaused: paused === 1, isMuted: muted === 1, time, duration, buffered };
}

/** Whether a video is paused; true while there is none. */
export function usePaused(video: HTMLVideoElement | null): boolean {
  return useSyncExternalStore(
    (listener) => {
      video?.addEventListener('play', listener);
      video?.addEventListener('pause', listener);
      return () => {
        video?.removeEventListener('play', listener);
        video?.removeEventListener('pause', listener);
      };
    },
    () => video?.paused ?? true,
  );
}

function known(duration: number): number {
  return Number.isFinite(duration) ? duration : 0;
}

/** How far the bytes reach that belong to the present moment. */
function ahead(video: HTMLVideoElement): number {
  for (let at = 0; at < video.buffered.length; at++) {
    if (video.buffered.start(at) <= video.currentTime && video.currentTime <= video.buffered.end(at))
      return video.buffered.end(at);
  }
  return 0;
}
