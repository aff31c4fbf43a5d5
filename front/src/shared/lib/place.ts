/** Places as people paste them: coordinates in the usual spellings, and links from the usual maps. */

export interface Place {
  readonly latitude: number;
  readonly longitude: number;
}

const NUMBER = String.raw`[-+−]?\d{1,3}(?:\.\d+)?`;
/** Degrees with a point, apart from each other by a comma, a semicolon or a space. */
const POINTED = new RegExp(String.raw`^(${NUMBER})°?\s*[,;\s]\s*(${NUMBER})°?$`);
/** Degrees with a decimal comma need another sign between them. */
const WITH_COMMAS = /^([-+−]?\d{1,3},\d+)°?\s*[;\s]\s*([-+−]?\d{1,3},\d+)°?$/;
/** 55°45′20.9″N 37°37′03″E */
const SEXAGESIMAL =
  /^([NSСЮ]?)\s*(\d{1,3}(?:[.,]\d+)?)\s*°\s*(?:(\d{1,2}(?:[.,]\d+)?)\s*['′’]\s*)?(?:(\d{1,2}(?:[.,]\d+)?)\s*(?:["″”]|'')\s*)?([NSСЮ]?)[\s,;]+([EWВЗ]?)\s*(\d{1,3}(?:[.,]\d+)?)\s*°\s*(?:(\d{1,2}(?:[.,]\d+)?)\s*['′’]\s*)?(?:(\d{1,2}(?:[.,]\d+)?)\s*(?:["″”]|'')\s*)?([EWВЗ]?)$/i;

/** The same with the east or west first. */
const EAST_BEFORE_NORTH = /^(.*[EWВЗ])[\s,;]+(.*[NSСЮ])$/i;

/** The place that a text means, or null. Nobody is asked: a shortened link says nothing by itself. */
export function parsePlace(text: string): Place | null {
  const plain = text.trim();
  const pair = POINTED.exec(plain) ?? WITH_COMMAS.exec(plain);
  if (pair) return place(pair[1], pair[2]);
  return sexagesimal(plain) ?? sexagesimal(plain.replace(EAST_BEFORE_NORTH, '$2 $1')) ?? fromLink(plain);
}

/** "55.75000, 37.62000", which `parsePlace` reads. */
export function placeText({ latitude, longitude }: Place): string {
  return `${latitude.toFixed(5)}, ${longitude.toFixed(5)}`;
}

function place(latitude: string | undefined, longitude: string | undefined): Place | null {
  const [north, east] = [latitude, longitude].map((one) =>
    one === undefined ? Number.NaN : Number(one.replace('−', '-').replace(',', '.')),
  ) as [number, number];
  const isOnEarth = Math.abs(north) <= 90 && Math.abs(east) <= 180;
  return isOnEarth ? { latitude: north, longitude: east } : null;
}

function sexagesimal(text: string): Place | null {
  const match = SEXAGESIMAL.exec(text);
  if (!match) return null;
  const [, north1, d1, m1, s1, north2, east1, d2, m2, s2, east2] = match;
  const degrees = (whole: string | undefined, minutes: string | undefined, seconds: string | undefined) => {
    const [d, m, s] = [whole, minutes, seconds].map((one) => Number((one ?? '0').replace(',', '.')));
    return Math.round(((d ?? 0) + (m ?? 0) / 60 + (s ?? 0) / 3600) * 1e6) / 1e6;
  };
  const isSouth = /[SЮ]/i.test(`${north1}${north2}`);
  const isWest = /[WЗ]/i.test(`${east1}${east2}`);
  return place(
    String(degrees(d1, m1, s1) * (isSouth ? -1 : 1)),
    String(degrees(d2, m2, s2) * (isWest ? -1 : 1)),
  );
}

/** Parameters whose value is longitude first: so do Yandex and 2GIS. */
const EAST_FIRST = /(^|\.)(yandex\.[a-z.]+|ya\.ru|2gis\.[a-z.]+)$/;
/** Parameters that hold a pair, the place itself before the middle of the map. */
const PAIRS = [
  'whatshere[point]',
  'pt',
  'query',
  'destination',
  'q',
  'll',
  'sll',
  'center',
  'coordinate',
  'm',
];

function fromLink(text: string): Place | null {
  const geo = new RegExp(`^geo:(${NUMBER}),(${NUMBER})`, 'i').exec(text);
  if (geo) return place(geo[1], geo[2]);
  const url = parsedUrl(text);
  if (!url) return null;
  const found = pinOf(url) ?? inParameters(url) ?? inPath(url);
  return found && place(found[0], found[1]);
}

function parsedUrl(text: string): URL | null {
  try {
    const url = new URL(text.includes('://') ? text : `https://${text}`);
    return /^https?:$/.test(url.protocol) && url.hostname.includes('.') ? url : null;
  } catch {
    return null;
  }
}

type Pair = readonly [string | undefined, string | undefined];

/** The marked place itself, where a map writes it apart from the map's middle. */
function pinOf(url: URL): Pair | null {
  const marker = [url.searchParams.get('mlat'), url.searchParams.get('mlon')];
  if (marker[0] && marker[1]) return [marker[0], marker[1]];
  const google = new RegExp(`!3d(${NUMBER})!4d(${NUMBER})`).exec(url.href);
  return google ? [google[1], google[2]] : null;
}

function inParameters(url: URL): Pair | null {
  const isEastFirst = EAST_FIRST.test(url.hostname);
  for (const name of PAIRS) {
    const pair = new RegExp(`^(?:loc:)?(${NUMBER})\\s*,\\s*(${NUMBER})`).exec(
      url.searchParams.get(name) ?? '',
    );
    if (pair) return isEastFirst ? [pair[2], pair[1]] : [pair[1], pair[2]];
  }
  return null;
}

function inPath(url: URL): Pair | null {
  const hash = new RegExp(`map=[\\d.]+/(${NUMBER})/(${NUMBER})`).exec(url.hash);
  if (hash) return [hash[1], hash[2]];
  const at = new RegExp(`[@/](${NUMBER}),(${NUMBER})`).exec(decodeURIComponent(url.pathname));
  if (!at) return null;
  return EAST_FIRST.test(url.hostname) ? [at[2], at[1]] : [at[1], at[2]];
}
