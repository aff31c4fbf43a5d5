import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import { useTranslation } from '@/shared/i18n';
import { useFormats } from '@/shared/i18n/format';
import { attachDensity } from './densityGestures';
import { useLabels } from './labels';
import { Covers, type Month, type Year, yearsOf } from './months';
import { placeholderColour } from './placeholders';
import { monthOf } from './sections';
import type { AssetSource, Skeleton } from './source';
import styles from './Years.module.css';

interface YearsProps {
  skeleton: Skeleton;
  /** Its covers are kept while it lives. */
  source: AssetSource;
  /** Where one comes from: its month is in the middle of the screen. */
  day: string | null;
  label: string;
  /** A month was chosen; `card` is its place on the screen. */
  onOpen: (day: string) => void;
  /** The newest day of the month in the middle of the screen. */
  onPlace: (day: string) => void;
}

const known = new WeakMap<AssetSource, Covers>();

function coversOf(source: AssetSource): Covers {
  const covers = known.get(source) ?? new Covers(source);
  known.set(source, covers);
  return covers;
}

/** All years, each with its months as cards; a card leads into its month. */
export default function Years({ skeleton, source, day, label, onOpen, onPlace }: YearsProps) {
  const covers = coversOf(source);
  const scroller = useRef<HTMLElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const years = yearsOf(skeleton);

  useLayoutEffect(() => {
    if (day) cardOf(scroller.current, monthOf(day))?.scrollIntoView({ block: 'center' });
  }, [day]);

  useEffect(() => {
    const element = scroller.current;
    if (!element) return undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const rest = () => {
      const card = middleCard(element);
      if (card?.dataset.day) onPlace(card.dataset.day);
    };
    const later = () => {
      clearTimeout(timer);
      timer = setTimeout(rest, 150);
    };
    element.addEventListener('scroll', later, { passive: true });
    return () => {
      clearTimeout(timer);
      element.removeEventListener('scroll', later);
    };
  }, [onPlace]);

  useEffect(() => {
    if (!scroller.current || !content.current) return undefined;
    return attachDensity({
      scroller: scroller.current,
      canvas: content.current,
      onStep(step, { clientX, clientY }) {
        const card = document.elementFromPoint(clientX, clientY)?.closest<HTMLElement>('[data-day]');
        const chosen = card?.dataset.day ?? middleCard(scroller.current)?.dataset.day;
        if (step < 0 || !chosen) return false;
        onOpen(chosen);
        return true;
      },
    });
  }, [onOpen]);

  return (
    <section
      ref={scroller}
      className={styles.scroller}
      aria-label={label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
      tabIndex={0}
      data-testid="years"
    >
      <div ref={content} className={styles.content}>
        {years.map((year) => (
          <YearPart key={year.year} year={year} covers={covers} onOpen={onOpen} />
        ))}
      </div>
    </section>
  );
}

function YearPart({ year, covers, onOpen }: { year: Year; covers: Covers; onOpen: (day: string) => void }) {
  const { t } = useTranslation('gallery');
  const labels = useLabels();
  const formats = useFormats();
  const part = useRef<HTMLElement>(null);
  const { months } = year;

  useEffect(() => {
    if (!part.current) return undefined;
    const observer = new IntersectionObserver(
      ([entry]) => (entry?.isIntersecting ? covers.want(months) : covers.forget(months)),
      { rootMargin: '60%' },
    );
    observer.observe(part.current);
    return () => observer.disconnect();
  }, [covers, months]);

  return (
    <section ref={part} className={styles.year} data-year={year.year} aria-labelledby={`year-${year.year}`}>
      <h2 id={`year-${year.year}`} className={styles.title}>
        {year.year}
        <span className={styles.total}>
          {t('assets', { count: year.count, number: formats.number(year.count) })}
        </span>
      </h2>
      <ul className={styles.months}>
        {months.map((month) => {
          const number = formats.number(month.count);
          return (
            <li key={month.month}>
              <button
                type="button"
                className={styles.card}
                data-day={month.day}
                data-month={month.month}
                aria-label={t('month', { month: labels.month(month.day), count: month.count, number })}
                onClick={() => onOpen(month.day)}
              >
                <Cover month={month} covers={covers} />
                <span className={styles.name}>{labels.monthAlone(month.day)}</span>
                <span className={styles.count}>{number}</span>
              </button>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

function Cover({ month, covers }: { month: Month; covers: Covers }) {
  // Not useSyncExternalStore: a cover that came while hundreds are drawn would have all of them drawn again in one go.
  const [cover, setCover] = useState(() => covers.get(month));
  useEffect(() => {
    const read = () => setCover(covers.get(month));
    read();
    return covers.subscribe(read);
  }, [covers, month]);
  const colour = cover?.thumbhash ? placeholderColour(cover.thumbhash) : undefined;
  return (
    <span className={styles.cover} style={{ backgroundColor: colour ?? undefined }}>
      {cover && (
        <img src={cover.thumb} alt="" className={styles.picture} decoding="async" draggable={false} />
      )}
    </span>
  );
}

function cardOf(scroller: HTMLElement | null, month: string): HTMLElement | null {
  return scroller?.querySelector<HTMLElement>(`[data-month="${month}"]`) ?? null;
}

/** The card nearest to the middle of the screen. */
function middleCard(scroller: HTMLElement | null): HTMLElement | null {
  if (!scroller) return null;
  const box = scroller.getBoundingClientRect();
  const middle = box.top + box.height / 2;
  // Only a year on the screen has its cards laid out; to ask those of all the others would lay them out as well.
  const year = nearest(scroller.querySelectorAll<HTMLElement>('[data-year]'), middle);
  return year && nearest(year.querySelectorAll<HTMLElement>('[data-month]'), middle);
}

function nearest(elements: Iterable<HTMLElement>, middle: number): HTMLElement | null {
  let best: HTMLElement | null = null;
  let least = Number.POSITIVE_INFINITY;
  for (const element of elements) {
    const { top, bottom } = element.getBoundingClientRect();
    const far = Math.max(top - middle, middle - bottom, 0);
    if (far < least) [best, least] = [element, far];
  }
  return best;
}
