/** Offsets from UTC as people write them. */

/** "+03:00" for 180; null when the offset is not known. */
export function offsetText(minutes: number | null): string | null {
  if (minutes === null) return null;
  const sign = minutes < 0 ? '-' : '+';
  const parts = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
  return sign + parts.map((part) => String(part).padStart(2, '0')).join(':');
}

/** Minutes for "+03:00", "-0330", "3" or "UTC+3"; null for an empty text, undefined for anything else. */
export function parseOffset(text: string): number | null | undefined {
  const plain = text
    .trim()
    .replace(/^(UTC|GMT)/i, '')
    .replace('−', '-')
    .trim();
  if (plain === '') return null;
  const match = /^([+-]?)(\d{1,2})(?::?([0-5]\d))?$/.exec(plain);
  if (!match) return undefined;
  const minutes = Number(match[2]) * 60 + Number(match[3] ?? 0);
  if (minutes > 14 * 60) return undefined;
  return match[1] === '-' ? -minutes : minutes;
}
