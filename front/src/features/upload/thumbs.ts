/**
 * Small pictures of files that are still on this device. Decoding a photo of fifty megapixels takes hundreds of megabytes for
 * a moment, so files are decoded one after the other, only for rows that are on screen, and only what browsers can decode.
 */

/** Device pixels of both sides: the middle of the picture, cut to a square. */
const SIDE = 88;
const MOST_BYTES = 32 * 1024 * 1024;
const REMEMBERED = 200;

const pictures = new Map<string, ImageBitmap>();
let queue: Promise<unknown> = Promise.resolve();

/** The picture made earlier, if it is still remembered. */
export function rememberedThumb(id: string): ImageBitmap | null {
  return pictures.get(id) ?? null;
}

/** Makes the picture of a file, or null when that is not possible or not wanted any more by its turn. */
export function makeThumb(id: string, file: File, signal: AbortSignal): Promise<ImageBitmap | null> {
  if (!file.type.startsWith('image/') || file.size > MOST_BYTES || !('createImageBitmap' in globalThis)) {
    return Promise.resolve(null);
  }
  const turn = queue.then(() => (signal.aborted ? null : decode(id, file)));
  queue = turn;
  return turn;
}

async function decode(id: string, file: File): Promise<ImageBitmap | null> {
  const known = pictures.get(id);
  if (known) {
    return known;
  }
  try {
    const picture = await squareOf(file);
    remember(id, picture);
    return picture;
  } catch {
    // HEIC, RAW and damaged files: the row shows the kind of file instead.
    return null;
  }
}

async function squareOf(file: File): Promise<ImageBitmap> {
  const whole = await createImageBitmap(file, { resizeHeight: 2 * SIDE, resizeQuality: 'medium' });
  const side = Math.min(whole.width, whole.height);
  const square = await createImageBitmap(
    whole,
    Math.floor((whole.width - side) / 2),
    Math.floor((whole.height - side) / 2),
    side,
    side,
    { resizeWidth: SIDE, resizeHeight: SIDE, resizeQuality: 'medium' },
  );
  whole.close();
  return square;
}

function remember(id: string, picture: ImageBitmap): void {
  pictures.set(id, picture);
  for (const [oldest] of pictures) {
    if (pictures.size <= REMEMBERED) {
      break;
    }
    pictures.delete(oldest);
  }
}
