import { useEffect, useEffectEvent, useLayoutEffect, useRef, useState } from 'react';
import { useTranslation } from '@/shared/i18n';
import { classes, PlayIcon } from '@/shared/ui';
import { placeholderColour } from '../placeholders';
import type { AssetFacts } from '../source';
import { turnedBox, turnedPicture } from '../turned';
import { type Sequence, useAround } from './around';
import styles from './Filmstrip.module.css';

interface FilmstripProps {
  sequence: Sequence;
  /** The open asset's place. */
  index: number;
  labelOf: (facts: AssetFacts) => string;
  onOpen: (facts: AssetFacts) => void;
  onStep: (step: 1 | -1) => unknown;
}

/** From one item's left edge to the next one's. */
const STRIDE = 48;
/** Room around the open one. */
const CLEARANCE = 10;
/** How far the wheel must turn for one step. */
const WHEEL_STEP = 60;

/** What lies before and after the open asset, which stays in the middle; only what fits on the screen exists. */
export function Filmstrip({ sequence, index, labelOf, onOpen, onStep }: FilmstripProps) {
  const { t } = useTranslation('gallery');
  const strip = useRef<HTMLElement>(null);
  const [width, setWidth] = useState(0);
  const neighbours = useAround(sequence, index, Math.ceil(width / 2 / STRIDE));

  useLayoutEffect(() => {
    if (!strip.current) return undefined;
    const element = strip.current;
    const observer = new ResizeObserver(() => setWidth(element.clientWidth));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  const step = useEffectEvent(onStep);
  useEffect(() => {
    if (!strip.current) return undefined;
    const element = strip.current;
    let turned = 0;
    const wheel = (event: WheelEvent) => {
      event.preventDefault();
      turned += Math.abs(event.deltaX) > Math.abs(event.deltaY) ? event.deltaX : event.deltaY;
      if (Math.abs(turned) < WHEEL_STEP) return;
      step(turned > 0 ? 1 : -1);
      turned = 0;
    };
    element.addEventListener('wheel', wheel, { passive: false });
    return () => element.removeEventListener('wheel', wheel);
  }, []);

  return (
    <nav ref={strip} className={styles.strip} aria-label={t('viewer.filmstrip')}>
      {neighbours.map(({ index: at, offset, facts }) => (
        <button
          key={facts?.id ?? `at ${at}`}
          type="button"
          className={classes(styles.item, facts && turnedBox(facts.rotation))}
          style={{
            transform: `translateX(${offset * STRIDE + Math.sign(offset) * CLEARANCE}px)`,
            backgroundColor: (facts?.thumbhash && placeholderColour(facts.thumbhash)) || undefined,
          }}
          // One stop for the Tab key: the arrows lead on from there.
          tabIndex={offset === 0 ? 0 : -1}
          aria-current={offset === 0 || undefined}
          aria-label={facts ? labelOf(facts) : t('viewer.filmstrip.unknown')}
          disabled={!facts}
          onClick={() => facts && onOpen(facts)}
        >
          {facts?.thumb && (
            <img
              src={facts.thumb}
              alt=""
              className={classes(styles.thumb, turnedPicture(facts.rotation))}
              decoding="async"
              fetchPriority="low"
              draggable={false}
            />
          )}
          {facts?.video && <PlayIcon size={12} className={styles.mark} />}
        </button>
      ))}
    </nav>
  );
}
