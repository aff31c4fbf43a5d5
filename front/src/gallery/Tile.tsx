import { memo, useEffect, useRef, useSyncExternalStore } from 'react';
import { classes, ErrorIcon, HeartFilledIcon, LiveIcon, PlayIcon } from '@/shared/ui';
import type { Labels } from './labels';
import { paintThumbhash, placeholderColour } from './placeholders';
import type { Selection } from './selection';
import type { AssetFacts } from './source';
import styles from './Tile.module.css';
import type { ThumbQueue } from './thumbQueue';
import { turnedBox, turnedPicture } from './turned';

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
  /** Too small for marks and for a blurred picture before the real one: its colour is enough. */
  readonly isSmall: boolean;
  readonly services: TileServices;
  readonly labels: Labels;
}

const CHOOSING = 1;
const CHOSEN = 2;

/**
 * One asset in the grid. A jump through the years makes a hundred of them in one frame: so they are memoised by hand,
 * have few elements, and subscribe to one thing only.
 */
export const Tile = memo(function Tile({
  facts,
  index,
  left,
  top,
  width,
  height,
  isSmall,
  services,
  labels,
}: TileProps) {
  const { selection } = services;
  const state = useSyncExternalStore(
    selection.subscribe,
    () => (selection.size > 0 ? CHOOSING : 0) | (selection.has(facts.id) ? CHOSEN : 0),
  );
  const isSelected = (state & CHOSEN) !== 0;
  const link = useRef<HTMLAnchorElement>(null);
  const { thumbhash: hash, rotation } = facts;
  useEffect(() => {
    if (!link.current || !hash || isSmall) return undefined;
    return paintThumbhash(link.current, hash, classes(styles.placeholder, turnedPicture(rotation)));
  }, [hash, rotation, isSmall]);
  const colour = hash ? placeholderColour(hash) : null;
  return (
    <div
      className={styles.tile}
      style={{ left, top, width, height }}
      data-index={index}
      data-small={isSmall || undefined}
      data-selected={isSelected || undefined}
      data-choosing={state !== 0 || undefined}
    >
      <a
        ref={link}
        href={services.href(facts.id)}
        className={classes(styles.open, turnedBox(rotation))}
        style={{ backgroundColor: colour ?? undefined }}
        tabIndex={-1}
        draggable={false}
        aria-label={labels.tile(facts, isSelected)}
      >
        {facts.thumb && <Thumb facts={facts} services={services} />}
        {facts.video && (
          <span className={styles.duration}>
            {!isSmall && labels.duration(facts)}
            <PlayIcon size={isSmall ? 10 : 14} />
          </span>
        )}
        {facts.live && !isSmall && <LiveIcon size={20} className={styles.live} />}
        {facts.favourite && <HeartFilledIcon size={isSmall ? 11 : 16} className={styles.favourite} />}
        {facts.processing && <span className={styles.processing} />}
        {facts.failed && <ErrorIcon size={28} className={styles.failed} />}
      </a>
      <span className={styles.check} data-check="" aria-hidden="true" />
    </div>
  );
});

/** A tile whose asset is not known yet. */
export function EmptyTile({
  left,
  top,
  width,
  height,
}: Pick<TileProps, 'left' | 'top' | 'width' | 'height'>) {
  return <div className={styles.empty} style={{ left, top, width, height }} />;
}

function Thumb({ facts, services }: { facts: AssetFacts; services: TileServices }) {
  const image = useRef<HTMLImageElement>(null);
  const { id, blob, thumb } = facts;
  useEffect(() => {
    if (!image.current) return undefined;
    return services.thumbs.show(image.current, { blob, url: thumb, onBroken: () => services.onBroken(id) });
  }, [services, id, blob, thumb]);
  return (
    <img
      ref={image}
      alt=""
      className={classes(styles.thumb, turnedPicture(facts.rotation))}
      decoding="async"
      fetchPriority="low"
      draggable={false}
    />
  );
}
