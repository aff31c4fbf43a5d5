import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useEffect, useEffectEvent, useRef, useState } from 'react';
import { createPortal } from 'react-dom';
import { assetQuery } from '@/api/asset';
import { useLabels } from '@/gallery/labels';
import type { AssetFacts } from '@/gallery/source';
import { Filmstrip } from '@/gallery/viewer/Filmstrip';
import { seekBy, togglePlay } from '@/gallery/viewer/playback';
import type { LivePlay } from '@/gallery/viewer/Slide';
import { Stage, type StageHandle } from '@/gallery/viewer/Stage';
import { setSound } from '@/gallery/viewer/sound';
import { usePaused, VideoControls } from '@/gallery/viewer/VideoControls';
import type { ViewerProps } from '@/gallery/viewerContract';
import { useTranslation } from '@/shared/i18n';
import { useMediaQuery } from '@/shared/lib/useMediaQuery';
import { useWakeLock } from '@/shared/lib/useWakeLock';
import { IconButton, LiveIcon, PlayIcon, Spinner, toast, useToastHost } from '@/shared/ui';
import { BackIcon, ChevronLeftIcon, ChevronRightIcon, Sheet } from '@/shared/ui/more';
import { type Commands, obey } from './commands';
import { factsOf, isDisplayable } from './facts';
import HelpSheet from './HelpSheet';
import { InfoPanel } from './InfoPanel';
import { Instead, Unplayable } from './Instead';
import { SlideshowBar } from './SlideshowBar';
import { Actions, Toolbar, type ToolbarProps } from './Toolbar';
import { trapFocus } from './trapFocus';
import { useFullScreen } from './useFullScreen';
import { useIdle } from './useIdle';
import { useOpenPhoto } from './useOpenPhoto';
import { useSlideshow } from './useSlideshow';
import { useTurn } from './useTurn';
import styles from './Viewer.module.css';

/** One asset on the whole screen, above the page that it was opened from. */
export function Viewer(props: ViewerProps) {
  const { model, actions, tileOf, onClose } = props;
  const { t } = useTranslation('viewer');
  const { t: tGallery } = useTranslation('gallery');
  const labels = useLabels();
  const isWide = useMediaQuery('(width >= 900px)');
  const root = useRef<HTMLDivElement>(null);
  const stage = useRef<StageHandle>(null);
  const [isInfoOpen, setInfoOpen] = useState(false);
  const [isHelpOpen, setHelpOpen] = useState(false);
  const [isBare, setBare] = useState(false);
  const [isZoomed, setZoomed] = useState(false);
  const [video, setVideo] = useState<HTMLVideoElement | null>(null);
  const [readyId, setReadyId] = useState<string | null>(null);
  const open = useOpenPhoto(props);
  const asset = useQuery({ ...assetQuery(open.id), refetchInterval: RENEWAL });
  const { shown, turn } = useTurn(model);
  const facts = shown(open.facts ?? (asset.data ? factsOf(asset.data) : null));
  const live = useLive(open.id);
  const fullScreen = useFullScreen();
  const isReady = readyId === open.id || facts?.failed === true || facts?.processing === true;
  const show = useSlideshow({
    id: open.id,
    isReady: isReady && (open.next !== null || open.isLast),
    video,
    advance() {
      if (!open.isLast) return open.step(1);
      if (open.previous) open.jump('newest');
      return open.previous !== null;
    },
  });
  const isShow = show.state !== 'off';
  const isPaused = usePaused(video);
  const isIdle = useIdle(isShow || fullScreen.isOn || !isPaused);
  useWakeLock(show.state === 'playing' || !isPaused);
  useModalFocus(root);
  useToastHost(root);
  useComing(isReady, open.next, open.previous);

  // Whoever pauses a slideshow looks for the way on.
  const isHidden = isShow ? isIdle && show.state === 'playing' : (isBare || isIdle) && !isInfoOpen;

  const canEdit = asset.data?.can_edit ?? false;
  const canTurn = canEdit && !props.isTrash && facts !== null && !facts.failed && !facts.processing;
  const act = (action: (assets: readonly AssetFacts[]) => void) => facts && action([facts]);

  function close(): void {
    if (open.index !== null) model.reveal(open.index);
    onClose(open.id);
  }

  function startShow(): void {
    setInfoOpen(false);
    show.start();
    fullScreen.enter();
    root.current?.focus({ preventScroll: true });
  }

  function stopShow(): void {
    show.stop();
    fullScreen.leave();
  }

  function play(): void {
    if (isShow) show.state === 'playing' ? show.pause() : show.goOn();
    else if (video) togglePlay(video);
    else if (asset.data?.live_video) live.set(live.state === 'loud' ? 'off' : 'loud');
  }

  const commands: Commands = {
    close: () => (isShow ? stopShow() : close()),
    step: (step) => open.step(step),
    jump: (end) => open.jump(end),
    zoom: (factor) => stage.current?.zoomBy(factor),
    toggleZoom: () => stage.current?.toggleZoom(),
    info: () => setInfoOpen(!isInfoOpen && !isShow),
    help: () => setHelpOpen(true),
    favourite: () => !props.isTrash && act((assets) => actions.favourite(assets, !facts?.favourite)),
    archive: () => canEdit && !props.isTrash && act((assets) => actions.archive(assets, !props.isArchive)),
    remove: () => canEdit && act(props.isTrash ? actions.purge : actions.trash),
    restore: () => canEdit && props.isTrash && act(actions.restore),
    download: () => act(actions.download),
    rotate: (direction) => canTurn && turn(facts, direction),
    fullScreen: fullScreen.toggle,
    slideshow: () => (isShow ? stopShow() : startShow()),
    play,
    seek: (seconds) => video && seekBy(video, seconds),
    mute: () => video && setSound(video, video.muted),
  };

  // On the document, not on the dialog: the keys work wherever the focus has gone.
  const onKeyDown = useEffectEvent((event: KeyboardEvent) => {
    trapFocus(event, root.current);
    if (!event.defaultPrevented && obey(event, commands)) event.preventDefault();
  });
  useEffect(() => {
    const listener = (event: KeyboardEvent) => onKeyDown(event);
    document.addEventListener('keydown', listener);
    return () => document.removeEventListener('keydown', listener);
  }, []);

  const toolbar: ToolbarProps | null = facts && {
    facts,
    title: asset.data?.title ?? '',
    canEdit,
    isTrash: props.isTrash,
    isArchive: props.isArchive,
    isZoomed,
    isInfoOpen,
    isFullScreen: fullScreen.isPossible ? fullScreen.isOn : null,
    isWide,
    commands,
  };
  const info = asset.data && <InfoPanel key={asset.data.id} asset={asset.data} />;
  const isMissing = asset.isError && !facts;
  return createPortal(
    <div
      ref={root}
      role="dialog"
      aria-modal="true"
      aria-label={facts ? labels.asset(facts) : t('dialog')}
      tabIndex={-1}
      className={styles.viewer}
      data-bare={isHidden || undefined}
      data-show={isShow || undefined}
    >
      <div className={styles.main}>
        <div className={styles.scene}>
          {facts && (
            <Stage
              ref={stage}
              previous={open.previous}
              current={facts}
              next={open.next}
              labelOf={labels.asset}
              original={
                asset.data
                  ? {
                      url: asset.data.media.original,
                      displayable: isDisplayable(asset.data),
                      clip: asset.data.live_video,
                    }
                  : null
              }
              pixelsAcross={asset.data?.width ?? null}
              live={live.state}
              onLiveEnd={live.end}
              instead={<Instead facts={facts} asset={asset.data ?? null} onDownload={commands.download} />}
              unplayable={(trouble, onRetry) => (
                <Unplayable
                  trouble={trouble}
                  mime={asset.data?.mime ?? ''}
                  onRetry={onRetry}
                  onDownload={commands.download}
                />
              )}
              tile={() => (open.index === null ? null : tileOf(open.index))}
              isFading={isShow}
              onStep={open.step}
              onClose={close}
              onTap={() => setBare(!isBare && !isShow)}
              onPlay={play}
              onHold={(isHeld) => live.set(isHeld ? 'loud' : 'off')}
              onInfo={() => setInfoOpen(!isShow)}
              onZoomed={(zoomed) => {
                setZoomed(zoomed);
                if (zoomed) show.pause();
              }}
              onReady={setReadyId}
              onVideo={setVideo}
            />
          )}
          {!facts && !isMissing && (
            <div className={styles.waiting}>
              <Spinner size={28} />
            </div>
          )}
          {isMissing && (
            <Missing>
              <h2>{t('missing.title')}</h2>
              <p>{t('missing.text')}</p>
            </Missing>
          )}
          {isShow && <TouchPause onTouch={show.pause} />}
          <div className={styles.top}>
            <IconButton label={t('close')} onClick={close} className={styles.button}>
              <BackIcon />
            </IconButton>
            {toolbar && <Toolbar {...toolbar} />}
          </div>
          {asset.data?.live_video && !isZoomed && <LiveBadge live={live} />}
          {video && isPaused && !isShow && (
            <IconButton label={tGallery('viewer.video.play')} onClick={play} className={styles.begin}>
              <PlayIcon size={34} />
            </IconButton>
          )}
          <Turn
            side="left"
            label={tGallery('viewer.previous')}
            isPossible={open.previous !== null}
            onTurn={() => open.step(-1)}
          >
            <ChevronLeftIcon size={30} />
          </Turn>
          <Turn
            side="right"
            label={tGallery('viewer.next')}
            isPossible={open.next !== null}
            onTurn={() => open.step(1)}
          >
            <ChevronRightIcon size={30} />
          </Turn>
          {(video || (toolbar && !isWide)) && (
            <div className={styles.bottom}>
              {video && <VideoControls video={video} />}
              {toolbar && !isWide && (
                <div className={styles.thumbs}>
                  <Actions {...toolbar} />
                </div>
              )}
            </div>
          )}
          {isShow && <SlideshowBar show={show} onStop={stopShow} />}
        </div>
        {isWide && !isShow && open.index !== null && (
          <Filmstrip
            sequence={model}
            index={open.index}
            labelOf={labels.asset}
            onOpen={open.show}
            onStep={open.step}
          />
        )}
      </div>
      {isWide && isInfoOpen && (
        <aside className={styles.side} aria-label={t('info')}>
          {info}
        </aside>
      )}
      {!isWide && (
        <Sheet open={isInfoOpen} onClose={() => setInfoOpen(false)} title={t('info')}>
          {info}
        </Sheet>
      )}
      <HelpSheet open={isHelpOpen} onClose={() => setHelpOpen(false)} />
    </div>,
    document.body,
  );
}

/** Addresses of originals work for some minutes: a video may be looked at for longer. */
const RENEWAL = 120_000;

interface Live {
  readonly state: LivePlay;
  set: (state: LivePlay) => void;
  end: (isUnplayable: boolean) => void;
}

/** Whether the moving half of the open live photo plays; it rests when another one is opened. */
function useLive(id: string): Live {
  const { t } = useTranslation('viewer');
  const [playing, setPlaying] = useState<{ id: string; state: LivePlay }>({ id, state: 'off' });
  return {
    state: playing.id === id ? playing.state : 'off',
    set: (state) => setPlaying({ id, state }),
    end(isUnplayable) {
      setPlaying({ id, state: 'off' });
      if (isUnplayable) toast({ text: t('live.unplayable') });
    },
  };
}

/** Says that a photo is alive; moves it, silently while one points at it and with its sound when pressed. */
function LiveBadge({ live }: { live: Live }) {
  const { t } = useTranslation('viewer');
  return (
    <button
      type="button"
      className={styles.live}
      aria-label={t('live.play')}
      aria-pressed={live.state !== 'off'}
      onPointerEnter={(event) => event.pointerType === 'mouse' && live.state === 'off' && live.set('silent')}
      onPointerLeave={(event) => event.pointerType === 'mouse' && live.set('off')}
      onClick={() => live.set(live.state === 'loud' ? 'off' : 'loud')}
    >
      <LiveIcon size={18} />
      {t('live.badge')}
    </button>
  );
}

/** Whoever puts a finger on the picture wants to look at it longer. */
function TouchPause({ onTouch }: { onTouch: () => void }) {
  const touched = useEffectEvent((event: PointerEvent) => {
    const isControl = event.target instanceof Element && event.target.closest('button, [popover]');
    if (event.pointerType !== 'mouse' && !isControl) onTouch();
  });
  useEffect(() => {
    const listener = (event: PointerEvent) => touched(event);
    document.addEventListener('pointerdown', listener);
    return () => document.removeEventListener('pointerdown', listener);
  }, []);
  return null;
}

/** Asks for the facts of the neighbours, so that their video or original begins at once. */
function useComing(isReady: boolean, ...neighbours: (AssetFacts | null)[]): void {
  const queries = useQueryClient();
  const ids = neighbours.flatMap((facts) => (facts ? [facts.id] : [])).join();
  useEffect(() => {
    if (!isReady || !ids) return undefined;
    // Not for those that somebody only passes.
    const timer = setTimeout(() => {
      for (const id of ids.split(',')) void queries.prefetchQuery(assetQuery(id));
    }, 300);
    return () => clearTimeout(timer);
  }, [queries, isReady, ids]);
}

function Missing({ children }: { children: ReactNode }) {
  return <div className={styles.waiting}>{children}</div>;
}

function Turn({
  side,
  label,
  isPossible,
  onTurn,
  children,
}: {
  side: 'left' | 'right';
  label: string;
  isPossible: boolean;
  onTurn: () => void;
  children: ReactNode;
}) {
  if (!isPossible) return null;
  return (
    <IconButton label={label} onClick={onTurn} className={`${styles.turn} ${styles[side]}`}>
      {children}
    </IconButton>
  );
}

/** The viewer has the keyboard while it is open. */
function useModalFocus(root: React.RefObject<HTMLElement | null>): void {
  const take = useEffectEvent(() => root.current?.focus({ preventScroll: true }));
  useEffect(() => take(), []);
}
