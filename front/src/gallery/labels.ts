/** How days, months and assets are called in the grid and in the viewer. */
import { useTranslation } from '@/shared/i18n';
import { currentFormats, type Formats, useFormats } from '@/shared/i18n/format';
import type { AssetFacts } from './source';

export interface Labels {
  /** "March 2024" for `2024-03` or any day of it. */
  month(day: string): string;
  /** "March" for `2024-03` or any day of it. */
  monthAlone(day: string): string;
  /** "Today", "Tue, 5 March", and with the year when it is not the present one. */
  day(day: string): string;
  /** "5 March 2024, 14:20". */
  when(facts: AssetFacts): string;
  /** "Photo, 5 March 2024, 14:20", and before it the title where there is one. */
  asset(facts: AssetFacts): string;
  /** "1:07", and nothing when the duration is not known. */
  duration(facts: AssetFacts): string;
  /** The same as `asset` with the states that the tile shows by marks. */
  tile(facts: AssetFacts, isSelected: boolean): string;
}

export function useLabels(): Labels {
  const { t } = useTranslation('gallery');
  const formats = useFormats();

  const whenOf = (facts: AssetFacts) => formats.local(`${facts.day}T${clockOf(facts.minutes)}`);

  function asset(facts: AssetFacts): string {
    const { title } = facts;
    const said = { title, when: whenOf(facts), duration: formats.clock(facts.duration ?? 0) };
    if (facts.video) return t(title ? 'video.titled' : 'video', said);
    return t(title ? 'photo.titled' : 'photo', said);
  }

  return {
    when: whenOf,
    duration: (facts) => (facts.duration === null ? '' : formats.clock(facts.duration)),
    asset,
    tile(facts, isSelected) {
      let label = asset(facts);
      if (facts.favourite) label = t('asset.favourite', { label });
      if (facts.processing) label = t('asset.processing', { label });
      if (facts.failed) label = t('asset.failed', { label });
      return isSelected ? t('asset.selected', { label }) : label;
    },
    month: (day) => monthLabel(formats, day),
    monthAlone: (day) =>
      formats.custom(atMidnight(`${day.slice(0, 7)}-01`), { month: 'long', timeZone: 'UTC' }),
    day(day) {
      const today = localDay(new Date());
      if (day === today) return t('today');
      if (day === dayBefore(today)) return t('yesterday');
      return dayLabel(formats, day, today);
    },
  };
}

/**
 * Makes the formats of a first screen in the current language: the first of each kind costs a slow phone as much as drawing
 * some tiles, and is free while the answers travel.
 */
export function prepareLabels(): void {
  const formats = currentFormats();
  const today = localDay(new Date());
  monthLabel(formats, today);
  dayLabel(formats, today, today);
  dayLabel(formats, '2000-01-01', today);
  formats.local(`${today}T00:00:00`);
}

function monthLabel(formats: Formats, day: string): string {
  const label = formats.custom(atMidnight(`${day.slice(0, 7)}-01`), {
    year: 'numeric',
    month: 'long',
    timeZone: 'UTC',
  });
  const plain = label.replace(/\s*г\.$/, '');
  return plain.charAt(0).toUpperCase() + plain.slice(1);
}

function dayLabel(formats: Formats, day: string, today: string): string {
  const isThisYear = day.slice(0, 4) === today.slice(0, 4);
  const label = formats.custom(atMidnight(day), {
    weekday: 'short',
    day: 'numeric',
    month: isThisYear ? 'long' : 'short',
    ...(isThisYear ? {} : { year: 'numeric' }),
    timeZone: 'UTC',
  });
  return label.replace(/\s*г\.$/, '');
}

function atMidnight(day: string): Date {
  return new Date(`${day}T00:00:00Z`);
}

function clockOf(minutes: number): string {
  const parts = [Math.floor(minutes / 60), minutes % 60].map((part) => String(part).padStart(2, '0'));
  return `${parts.join(':')}:00`;
}

function localDay(now: Date): string {
  const parts = [now.getMonth() + 1, now.getDate()].map((part) => String(part).padStart(2, '0'));
  return `${now.getFullYear()}-${parts.join('-')}`;
}

function dayBefore(day: string): string {
  return new Date(atMidnight(day).getTime() - 86_400_000).toISOString().slice(0, 10);
}
