/** Asset facts in the form that people read, and the reverse for what they type. */
import { personOf, sessionState } from '@/api/session';
import type { Asset } from '@/api/types';
import type { AssetFacts } from '@/gallery/source';

/** What browsers of our time show by themselves. */
const SHOWN_AS_IS = /^image\/(jpeg|png|webp|gif|avif)$/;
/** What those of Apple show besides; others would fetch the bytes for nothing. */
const SHOWN_BY_APPLE = /^image\/(heic|heif|jxl)$/;

export function isDisplayable(asset: Asset): boolean {
  const isApple = navigator.vendor.startsWith('Apple');
  return SHOWN_AS_IS.test(asset.mime) || (isApple && SHOWN_BY_APPLE.test(asset.mime));
}

/** The grid's facts of an asset that is not in the grid, an archived one behind a link, say. */
export function factsOf(asset: Asset): AssetFacts {
  const [day = '', clock = '00:00'] = asset.taken_at.split('T');
  const [hours = 0, minutes = 0] = clock.split(':').map(Number);
  return {
    id: asset.id,
    blob: asset.sha256,
    day,
    minutes: hours * 60 + minutes,
    ratio: asset.width && asset.height ? asset.width / asset.height : 1,
    rotation: asset.rotation,
    title: asset.title,
    thumbhash: asset.thumbhash,
    thumb: asset.media.thumb ?? '',
    preview: asset.media.preview ?? '',
    video: asset.kind === 'video',
    live: asset.live_video !== null,
    favourite: asset.favourite,
    own: asset.contributor !== null && asset.contributor.id === personOf(sessionState())?.id,
    processing: asset.status === 'processing',
    failed: asset.status === 'failed',
    damaged: asset.damaged,
    duration: asset.duration,
    bytes: asset.bytes,
  };
}

/** One line of exposure facts, as photographers write them: "1/250 s", "f/2.8", "ISO 400", "50 mm". */
export function exposureFacts(
  exif: Record<string, unknown>,
  units: { seconds: string; millimetres: string },
): string[] {
  const time = numberOf(exif, 'ExposureTime');
  const aperture = numberOf(exif, 'FNumber');
  const iso = numberOf(exif, 'ISO');
  const length = numberOf(exif, 'FocalLength');
  return [
    time && `${shutter(time)} ${units.seconds}`,
    aperture && `f/${trimmed(aperture)}`,
    iso && `ISO ${iso}`,
    length && `${trimmed(length)} ${units.millimetres}`,
  ].filter((fact): fact is string => typeof fact === 'string');
}

function shutter(seconds: number): string {
  return seconds < 0.3 ? `1/${Math.round(1 / seconds)}` : trimmed(seconds);
}

function trimmed(value: number): string {
  return String(Math.round(value * 10) / 10);
}

/** Exif values come as numbers or as ExifTool's texts ("1/250", "50.0 mm"). */
function numberOf(exif: Record<string, unknown>, key: string): number | null {
  const value = exif[key];
  if (typeof value === 'number') return value > 0 ? value : null;
  if (typeof value !== 'string') return null;
  const fraction = /^(\d+)\/(\d+)/.exec(value);
  const parsed = fraction ? Number(fraction[1]) / Number(fraction[2]) : Number.parseFloat(value);
  return Number.isFinite(parsed) && parsed > 0 ? parsed : null;
}

/** Where a map of the place can be seen. */
export function mapLink(latitude: number, longitude: number): string {
  const place = `${latitude.toFixed(5)}/${longitude.toFixed(5)}`;
  return `https://www.openstreetmap.org/?mlat=${latitude.toFixed(5)}&mlon=${longitude.toFixed(5)}#map=15/${place}`;
}
