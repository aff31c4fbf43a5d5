/** Coordinates out of what people paste: numbers in either notation, or a link of one of the usual maps. */

export interface Coordinates {
  readonly latitude: number;
  readonly longitude: number;
}

const NUMBER = String.raw`-?\d{1,3}(?:\.\d+)?`;
const PAIR = new RegExp(String.raw`(${NUMBER})\s*(?:,|%2C|;|\s)\s*(${NUMBER})`, 'i');
/** `55°45'21"N`, also without minutes or seconds. */
const ANGLE = String.raw`(\d{1,3}(?:[.,]\d+)?)\s*°\s*(?:(\d{1,2}(?:[.,]\d+)?)\s*['′’]\s*)?(?:(\d{1,2}(?:[.,]\d+)?)\s*(?:["″”]|'')\s*)?([NSEWСЮВЗ])`;
const ANGLES = new RegExp(`${ANGLE}[\\s,;]*${ANGLE}`, 'i');

/** null when there is no place in the text. */
export function parsePlace(text: string): Coordinates | null {
  const plain = text.trim();
  if (/^(https?|geo|maps):/i.test(plain) || /^[\w-]+(\.[\w-]+)+\//.test(plain)) return placeOfLink(plain);
  return placeOfAngles(plain) ?? placeOfPair(plain);
}

/** Yandex and 2GIS write the longitude first. */
function placeOfLink(link: string): Coordinates | null {
  const isReversed = /yandex\.|2gis\./i.test(link);
  const ordered = (found: RegExpExecArray | null) => pair(found?.[1], found?.[2], isReversed);
  const at = (prefix: string) => ordered(new RegExp(prefix + PAIR.source, 'i').exec(link));
  const marker = /[?&]mlat=(-?[\d.]+)&mlon=(-?[\d.]+)/i.exec(link);
  return (
    pair(marker?.[1], marker?.[2]) ??
    placeOfExact(link) ??
    at('[?&](?:pt|whatshere%5Bpoint%5D|whatshere\\[point\\])=') ??
    at('[?&](?:q|query|ll|sll|center|m|destination)=(?:loc:)?') ??
    at('/(?:geo|place)/') ??
    at('/@') ??
    at('^geo:') ??
    ordered(new RegExp(`#map=\\d+(?:\\.\\d+)?/(${NUMBER})/(${NUMBER})`).exec(link))
  );
}

/** Google's links of a place carry the place itself besides the middle of the map. */
function placeOfExact(link: string): Coordinates | null {
  const found = /!3d(-?\d+(?:\.\d+)?)!4d(-?\d+(?:\.\d+)?)/.exec(link);
  return pair(found?.[1], found?.[2]);
}

/** "55.7558, 37.6173", and with decimal commas "55,7558 37,6173". */
function placeOfPair(text: string): Coordinates | null {
  const commas = /^(-?\d{1,3},\d+)[\s;]+(-?\d{1,3},\d+)$/.exec(text);
  if (commas) return pair(commas[1]?.replace(',', '.'), commas[2]?.replace(',', '.'));
  const found = new RegExp(`^${PAIR.source}$`, 'i').exec(text);
  return pair(found?.[1], found?.[2]);
}

function placeOfAngles(text: string): Coordinates | null {
  const found = ANGLES.exec(text);
  if (!found) return null;
  const [one, other] = [found.slice(1, 5), found.slice(5, 9)];
  const isReversed = /[EWВЗ]/i.test(one[3] ?? '');
  return pair(degrees(one), degrees(other), isReversed);
}

function degrees([whole, minutes, seconds, side]: (string | undefined)[]): string {
  const [d, m, s] = [whole, minutes, seconds].map((part) => Number((part ?? '0').replace(',', '.')));
  const value = (d ?? 0) + (m ?? 0) / 60 + (s ?? 0) / 3600;
  return String(/[SWЮЗ]/i.test(side ?? '') ? -value : value);
}

function pair(one: string | undefined, other: string | undefined, isReversed = false): Coordinates | null {
  if (one === undefined || other === undefined) return null;
  const [first, second] = [Number(one), Number(other)];
  const [latitude, longitude] = isReversed ? [second, first] : [first, second];
  const isPlace = Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180;
  return isPlace ? { latitude: round(latitude), longitude: round(longitude) } : null;
}

/** A tenth of a metre is more than any camera knows. */
function round(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}
