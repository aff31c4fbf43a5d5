import { memo, useEffect, useRef, useSyncExternalStore } from 'react';
import { useFormats } from '@/shared/i18n/format';
import { CheckIcon, ErrorIcon, HeartFilledIcon, PlayIcon } from '@/shared/ui';
import { useLabels } from './labels';
import { paintThumbhash, placeholderColour } from './placeholders';
import type { Selection } from './selection';
import type { AssetFacts } from './source';
import styles from './Tile.module.css';
import type { ThumbQueue } from './thumbQueue';

/** What all tiles of a grid share; its identity never changes. */
export interface TileServices {
  readonly thumbs: ThumbQueue;
  readonly selection: Selection;
  readonly href: (id: string) => string;
  /** A thumb that should be there did not come. */
  readonly onBroken: (id: string) => void;
}

interface TileProps {
  readonly facts: AssetFacts;
  readonly index: number;
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly services: TileServices;
}

/** One asset in the grid. Memoised by hand: a hundred of them are asked on every frame of scrolling. */
export const Tile = memo(function Tile({ facts, index, left, top, width, height, services }: TileProps) {
  const labels = useLabels();
  const { selection } = services;
  const isSelected = useSyncExternalStore(selection.subscribe, () => selection.has(facts.id));
  const isChoosing = useSyncExternalStore(selection.subscribe, () => selection.size > 0);
  const colour = facts.thumbhash ? placeholderColour(facts.thumbhash) : null;
  const label = labels.tile(facts, isSelected);
  return (
    <div
      className={styles.tile}
      style={{ left, top, width, height }}
      data-index={index}
      data-selected={isSelected || undefined}
      data-choosing={isChoosing || undefined}
    >
      <a
        href={services.href(facts.id)}
        className={styles.open}
        style={{ backgroundColor: colour ?? undefined }}
        tabIndex={-1}
        draggable={false}
        aria-label={label}
      >
        {facts.thumbhash && <Placeholder hash={facts.thumbhash} />}
        {facts.thumb && <Thumb facts={facts} services={services} />}
        <Marks facts={facts} />
      </a>
      <span className={styles.check} data-check="" aria-hidden="true">
        <span className={styles.circle}>
          <CheckIcon size={16} />
        </span>
      </span>
    </div>
  );
});

/** A tile whose asset is not known yet. */
export function EmptyTile({ left, top, width, height }: Omit<TileProps, 'facts' | 'index' | 'services'>) {
  return <div className={styles.empty} style={{ left, top, width, height }} />;
}

function Placeholder({ hash }: { hash: string }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => (canvas.current ? paintThumbhash(canvas.current, hash) : undefined), [hash]);
  return <canvas ref={canvas} width={1} height={1} className={styles.placeholder} />;
}

function Thumb({ facts, services }: { facts: AssetFacts; services: TileServices }) {
  const image = useRef<HTMLImageElement>(null);
  const { id, blob, thumb } = facts;
  useEffect(() => {
    if (!image.current) return undefined;
    return services.thumbs.show(image.current, { blob, url: thumb, onBroken: () => services.onBroken(id) });
  }, [services, id, blob, thumb]);
  return (
    <img ref={image} alt="" className={styles.thumb} decoding="async" fetchPriority="low" draggable={false} />
  );
}

function Marks({ facts }: { facts: AssetFacts }) {
  const formats = useFormats();
  return (
    <>
      {facts.video && (
        <span className={styles.duration}>
          {facts.duration !== null && formats.clock(facts.duration)}
          <PlayIcon size={14} />
        </span>
      )}
      {facts.favourite && <HeartFilledIcon size={16} className={styles.favourite} />}
      {facts.processing && <span className={styles.processing} />}
      {facts.failed && <ErrorIcon size={28} className={styles.failed} />}
    </>
  );
}
