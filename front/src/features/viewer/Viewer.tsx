import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useEffect, useEffectEvent, useRef, useState } from 'react';
import { createPortal } from 'react-dom';
import { useLabels } from '@/gallery/labels';
import type { AssetFacts } from '@/gallery/source';
import { Stage, type StageHandle } from '@/gallery/viewer/Stage';
import type { ViewerProps } from '@/gallery/viewerContract';
import { useTranslation } from '@/shared/i18n';
import { useMediaQuery } from '@/shared/lib/useMediaQuery';
import { BackIcon, ChevronLeftIcon, ChevronRightIcon, IconButton, Sheet, Spinner } from '@/shared/ui';
import { assetQuery } from './api';
import { factsOf, isDisplayable } from './facts';
import { HelpSheet } from './HelpSheet';
import { InfoPanel } from './InfoPanel';
import { Instead } from './Instead';
import { Toolbar } from './Toolbar';
import { trapFocus } from './trapFocus';
import { useOpenPhoto } from './useOpenPhoto';
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
  const open = useOpenPhoto(props);
  const asset = useQuery(assetQuery(open.id));
  const facts = open.facts ?? (asset.data ? factsOf(asset.data) : null);
  useModalFocus(root);

  async function close(): Promise<void> {
    if (open.index !== null) model.reveal(open.index);
    await nextFrame();
    const tile = open.index === null ? null : tileOf(open.index);
    await stage.current?.leave(tile?.getBoundingClientRect() ?? null);
    onClose(open.id);
  }

  const act = (action: (assets: readonly AssetFacts[]) => void) => facts && action([facts]);

  const commands: Commands = {
    close: () => void close(),
    step: (step) => open.step(step),
    jump: (end) => open.jump(end),
    zoom: (factor) => stage.current?.zoomBy(factor),
    info: () => setInfoOpen(!isInfoOpen),
    help: () => setHelpOpen(true),
    favourite: () => act((assets) => actions.favourite(assets, !facts?.favourite)),
    remove: () => asset.data?.can_edit && act(props.isTrash ? actions.purge : actions.trash),
    download: () => act(actions.download),
  };

  // On the document, not on the dialog: the keys work wherever the focus has gone.
  const onKeyDown = useEffectEvent((event: KeyboardEvent) => {
    trapFocus(event, root.current);
    if (event.defaultPrevented || isElsewhere(event.target)) return;
    if (obey(event, commands)) event.preventDefault();
  });
  useEffect(() => {
    const listener = (event: KeyboardEvent) => onKeyDown(event);
    document.addEventListener('keydown', listener);
    return () => document.removeEventListener('keydown', listener);
  }, []);

  const info = asset.data && <InfoPanel key={asset.data.id} asset={asset.data} />;
  const isMissing = asset.isError && !facts;
  return createPortal(
    // Not a <dialog>: in the top layer it would cover the toasts that offer to undo
    <div
      ref={root}
      role="dialog"
      aria-modal="true"
      aria-label={facts ? labels.asset(facts) : t('dialog')}
      tabIndex={-1}
      className={styles.viewer}
      data-bare={(isBare && !isInfoOpen) || undefined}
    >
      <div className={styles.main}>
        {facts && (
          <Stage
            ref={stage}
            previous={open.previous}
            current={facts}
            next={open.next}
            labelOf={labels.asset}
            original={
              asset.data ? { url: asset.data.media.original, displayable: isDisplayable(asset.data) } : null
            }
            pixelsAcross={asset.data?.width ?? null}
            instead={<Instead facts={facts} asset={asset.data ?? null} onDownload={commands.download} />}
            origin={() =>
              open.index === null ? null : (tileOf(open.index)?.getBoundingClientRect() ?? null)
            }
            onStep={open.step}
            onClose={commands.close}
            onTap={() => setBare(!isBare)}
            onInfo={() => setInfoOpen(true)}
            onZoomed={setZoomed}
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
        <div className={styles.top}>
          <IconButton label={t('close')} onClick={commands.close} className={styles.button}>
            <BackIcon />
          </IconButton>
          {facts && (
            <Toolbar
              facts={facts}
              canEdit={asset.data?.can_edit ?? false}
              isTrash={props.isTrash}
              isArchive={props.isArchive}
              isZoomed={isZoomed}
              isInfoOpen={isInfoOpen}
              onZoom={() => stage.current?.toggleZoom()}
              onArchive={() => act((assets) => actions.archive(assets, !props.isArchive))}
              onRestore={() => act(actions.restore)}
              commands={commands}
            />
          )}
        </div>
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

/** What keys and buttons can ask for. */
export interface Commands {
  close: () => unknown;
  step: (step: 1 | -1) => unknown;
  jump: (end: 'newest' | 'oldest') => unknown;
  zoom: (factor: number) => unknown;
  info: () => unknown;
  help: () => unknown;
  favourite: () => unknown;
  remove: () => unknown;
  download: () => unknown;
}

/** Physical keys, so that they work with any keyboard layout. */
const KEYS: Readonly<Record<string, (commands: Commands) => unknown>> = {
  Escape: (commands) => commands.close(),
  ArrowLeft: (commands) => commands.step(-1),
  ArrowRight: (commands) => commands.step(1),
  Home: (commands) => commands.jump('newest'),
  End: (commands) => commands.jump('oldest'),
  Delete: (commands) => commands.remove(),
  Backspace: (commands) => commands.remove(),
  KeyI: (commands) => commands.info(),
  KeyF: (commands) => commands.favourite(),
  KeyD: (commands) => commands.download(),
  Equal: (commands) => commands.zoom(1.5),
  NumpadAdd: (commands) => commands.zoom(1.5),
  Minus: (commands) => commands.zoom(1 / 1.5),
  NumpadSubtract: (commands) => commands.zoom(1 / 1.5),
  Digit0: (commands) => commands.zoom(0),
};

function obey(event: KeyboardEvent, commands: Commands): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey) return false;
  if (event.key === '?') commands.help();
  else if (KEYS[event.code]) KEYS[event.code]?.(commands);
  else return false;
  return true;
}

/** Fields take their own keys, and open sheets and menus theirs. */
function isElsewhere(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('input, textarea, select, dialog, [popover]') !== null;
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

function nextFrame(): Promise<void> {
  return new Promise((resolve) => requestAnimationFrame(() => resolve()));
}
