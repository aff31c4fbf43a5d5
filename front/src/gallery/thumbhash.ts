/**
 * Decoder for ThumbHash (https://evanw.github.io/thumbhash/): a picture's lowest cosine terms in some 25 bytes.
 *
 * Layout, least significant bit first: 24 bits of header (6 lightness, 6 yellow-blue, 6 red-green, 5 scale of
 * lightness, 1 alpha), 16 bits (3 terms along the shorter side, 6 scale of yellow-blue, 6 scale of red-green,
 * 1 landscape), with alpha one byte (4 alpha, 4 scale of alpha), then four bits for each further term.
 */

interface Channel {
  /** Terms across and down. */
  readonly across: number;
  readonly down: number;
  /** Terms in reading order of the triangle `x / across + y / down < 1`, the constant one first. */
  readonly terms: Float64Array;
}

interface Parsed {
  readonly lightness: Channel;
  readonly yellowBlue: Channel;
  readonly redGreen: Channel;
  readonly alpha: Channel | null;
  /** Width over height, about. */
  readonly ratio: number;
}

/** Colour terms are stored with less than their full range; this gives it back. */
const COLOUR_BOOST = 1.25;

export interface Pixels {
  readonly width: number;
  readonly height: number;
  /** RGBA, not premultiplied. */
  readonly data: Uint8ClampedArray<ArrayBuffer>;
}

/** The picture of a hash, its longer side `size` pixels. Null for bytes that are no ThumbHash. */
export function decodeThumbhash(hash: string, size: number): Pixels | null {
  const parsed = parse(hash);
  if (!parsed) return null;
  const width = Math.max(1, Math.round(parsed.ratio > 1 ? size : size * parsed.ratio));
  const height = Math.max(1, Math.round(parsed.ratio > 1 ? size / parsed.ratio : size));
  const lightness = render(parsed.lightness, width, height);
  const yellowBlue = render(parsed.yellowBlue, width, height);
  const redGreen = render(parsed.redGreen, width, height);
  const alpha = parsed.alpha && render(parsed.alpha, width, height);
  const data = new Uint8ClampedArray(width * height * 4);
  for (let at = 0; at < width * height; at++) {
    const rgb = toRgb(lightness[at] as number, yellowBlue[at] as number, redGreen[at] as number);
    data.set([...rgb, 255 * (alpha ? (alpha[at] as number) : 1)], at * 4);
  }
  return { width, height, data };
}

/** The picture's mean colour as CSS; costs next to nothing. */
export function meanColour(hash: string): string | null {
  const parsed = parse(hash);
  if (!parsed) return null;
  const channels = [parsed.lightness, parsed.yellowBlue, parsed.redGreen] as const;
  const [l, p, q] = channels.map((channel) => channel.terms[0] as number) as [number, number, number];
  return `rgb(${toRgb(l, p, q)
    .map((part) => Math.round(Math.min(255, Math.max(0, part))))
    .join(' ')})`;
}

function parse(hash: string): Parsed | null {
  const bytes = bytesOf(hash);
  if (!bytes || bytes.length < 5) return null;
  const bits = new BitReader(bytes);
  const l = bits.read(6) / 63;
  const p = bits.read(6) / 31.5 - 1;
  const q = bits.read(6) / 31.5 - 1;
  const lScale = bits.read(5) / 31;
  const hasAlpha = bits.read(1) === 1;
  const stored = bits.read(3);
  const pScale = bits.read(6) / 63;
  const qScale = bits.read(6) / 63;
  const landscape = bits.read(1) === 1;
  const longer = hasAlpha ? 5 : 7;
  const a = hasAlpha ? bits.read(4) / 15 : 1;
  const aScale = hasAlpha ? bits.read(4) / 15 : 0;
  const shorter = Math.max(3, stored);
  const [across, down] = landscape ? [longer, shorter] : [shorter, longer];
  const ratio = landscape ? longer / Math.max(1, stored) : Math.max(1, stored) / longer;
  const lightness = readChannel(bits, across, down, l, lScale);
  const yellowBlue = readChannel(bits, 3, 3, p, pScale * COLOUR_BOOST);
  const redGreen = readChannel(bits, 3, 3, q, qScale * COLOUR_BOOST);
  const alpha = hasAlpha ? readChannel(bits, 5, 5, a, aScale) : null;
  return bits.isOverrun ? null : { lightness, yellowBlue, redGreen, alpha, ratio };
}

function readChannel(
  bits: BitReader,
  across: number,
  down: number,
  constant: number,
  scale: number,
): Channel {
  const terms = [constant];
  for (let y = 0; y < down; y++) {
    for (let x = y === 0 ? 1 : 0; x * down < across * (down - y); x++) {
      terms.push((bits.read(4) / 7.5 - 1) * scale);
    }
  }
  return { across, down, terms: Float64Array.from(terms) };
}

/** Sums the cosine terms, rows of terms first: a picture costs width x height x `down`, not x `across` as well. */
function render({ across, down, terms }: Channel, width: number, height: number): Float64Array {
  const inRows = new Float64Array(down * width);
  let at = 0;
  for (let y = 0; y < down; y++) {
    for (let x = 0; x * down < across * (down - y); x++) {
      const term = (terms[at++] as number) * (x === 0 && y === 0 ? 1 : 2);
      for (let left = 0; left < width; left++) {
        const cosine = Math.cos((Math.PI / width) * (left + 0.5) * x);
        inRows[y * width + left] = (inRows[y * width + left] as number) + term * cosine;
      }
    }
  }
  const out = new Float64Array(width * height);
  for (let top = 0; top < height; top++) {
    for (let y = 0; y < down; y++) {
      const cosine = Math.cos((Math.PI / height) * (top + 0.5) * y);
      for (let left = 0; left < width; left++) {
        out[top * width + left] =
          (out[top * width + left] as number) + (inRows[y * width + left] as number) * cosine;
      }
    }
  }
  return out;
}

function toRgb(l: number, p: number, q: number): [number, number, number] {
  const blue = l - (2 / 3) * p;
  const red = (3 * l - blue + q) / 2;
  return [255 * red, 255 * (red - q), 255 * blue];
}

function bytesOf(hash: string): Uint8Array | null {
  try {
    return Uint8Array.from(atob(hash), (character) => character.charCodeAt(0));
  } catch {
    return null;
  }
}

class BitReader {
  private at = 0;
  private readonly bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  get isOverrun(): boolean {
    return this.at > this.bytes.length * 8;
  }

  read(count: number): number {
    let value = 0;
    for (let bit = 0; bit < count; bit++, this.at++) {
      value |= (((this.bytes[this.at >> 3] ?? 0) >> (this.at & 7)) & 1) << bit;
    }
    return value;
  }
}
