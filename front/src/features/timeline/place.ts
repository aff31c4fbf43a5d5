/** Where one was reading in a view of a space; this tab remembers it. */
import type { ReadingPlace } from '@/gallery/gridModel';

export function placeKey(spaceId: string, view: string): string {
  return `gallery.place.${spaceId}.${view}`;
}

export function storedPlace(key: string): ReadingPlace | null {
  try {
    const stored: unknown = JSON.parse(sessionStorage.getItem(key) ?? 'null');
    return isPlace(stored) ? stored : null;
  } catch {
    return null;
  }
}

export function storePlace(key: string, place: ReadingPlace | null): void {
  if (place) sessionStorage.setItem(key, JSON.stringify(place));
  else sessionStorage.removeItem(key);
}

function isPlace(value: unknown): value is ReadingPlace {
  if (typeof value !== 'object' || value === null) return false;
  const { day, offset, inset } = value as Partial<Record<keyof ReadingPlace, unknown>>;
  return typeof day === 'string' && Number.isInteger(offset) && typeof inset === 'number';
}
