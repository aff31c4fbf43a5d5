/** Dates, sizes and counts as people of the current language write them. */
import { currentLanguage, type Language, useLanguage } from './index';
import { numbersOf, onceALanguage } from './translate';

export interface Formats {
  /** "12,4 МБ": bytes in decimal units, at most three significant digits. */
  bytes(value: number): string;
  /** "12 345". */
  number(value: number): string;
  /** A share from 0 to 1: "45 %". */
  percent(share: number): string;
  /** A moment in the reader's own time zone: "1 мая 2024 г., 14:03". `iso` is UTC. */
  moment(iso: string): string;
  /** The date of a moment in the reader's own time zone: "1 мая 2024 г.". */
  date(iso: string): string;
  /** How long ago, in the largest fitting unit: "3 часа назад". */
  ago(iso: string, now?: number): string;
  /** A calendar day "2024-05-01" as a heading: "среда, 1 мая 2024 г.". No time zone takes part. */
  day(day: string): string;
  /** A local date and time as the camera wrote it, "2024-05-01T14:03:00": no time zone takes part. */
  local(isoWithoutOffset: string): string;
  /** Any other shape; `day` and local times must be formatted with timeZone UTC. */
  custom(value: Date, options: Intl.DateTimeFormatOptions): string;
  /** Seconds as a clock: "1:02:03" or "0:07". */
  clock(seconds: number): string;
}

const UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte', 'petabyte'] as const;
const AGO: [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
];

/** The formats of one language. */
export function formatsFor(language: Language): Formats {
  const dates = new Map<string, Intl.DateTimeFormat>();

  function custom(value: Date, options: Intl.DateTimeFormatOptions): string {
    const key = JSON.stringify(options);
    let format = dates.get(key);
    if (!format) {
      format = new Intl.DateTimeFormat(language, options);
      dates.set(key, format);
    }
    return format.format(value);
  }

  return {
    custom,
    number: (value) => numbersOf(language).format(value),
    percent: (share) => new Intl.NumberFormat(language, { style: 'percent' }).format(share),
    bytes(value) {
      const power = value < 1000 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log10(value) / 3));
      return new Intl.NumberFormat(language, {
        style: 'unit',
        unit: UNITS[power],
        unitDisplay: power === 0 ? 'long' : 'short',
        maximumSignificantDigits: 3,
      }).format(value / 1000 ** power);
    },
    moment: (iso) => custom(new Date(iso), { dateStyle: 'long', timeStyle: 'short' }),
    date: (iso) => custom(new Date(iso), { dateStyle: 'long' }),
    ago(iso, now = Date.now()) {
      const seconds = (Date.parse(iso) - now) / 1000;
      const relative = new Intl.RelativeTimeFormat(language, { numeric: 'auto' });
      for (const [unit, size] of AGO) {
        if (Math.abs(seconds) >= size) return relative.format(Math.trunc(seconds / size), unit);
      }
      return relative.format(0, 'second');
    },
    day: (day) => custom(new Date(`${day}T00:00:00Z`), { dateStyle: 'full', timeZone: 'UTC' }),
    local: (iso) => custom(new Date(`${iso}Z`), { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' }),
    clock(seconds) {
      const whole = Math.round(seconds);
      const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
      const shown = parts[0] ? parts : parts.slice(1);
      return shown.map((part, index) => (index ? String(part).padStart(2, '0') : String(part))).join(':');
    },
  };
}

/** The current language's formats; the component is drawn again when the language changes. */
export function useFormats(): Formats {
  return formatsOf(useLanguage());
}

export function currentFormats(): Formats {
  return formatsOf(currentLanguage());
}

const formatsOf = onceALanguage(formatsFor);
