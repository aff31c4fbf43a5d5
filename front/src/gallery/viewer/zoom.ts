/** How a picture lies on the stage while it is zoomed and moved. Offsets are from the middle, in CSS pixels. */

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** `scale` 1 shows the whole picture; `x` and `y` move it. */
export interface Zoom extends Point {
  readonly scale: number;
}

export const WHOLE: Zoom = { scale: 1, x: 0, y: 0 };

/** A picture may always be enlarged this much, however few pixels it has. */
const LEAST_ENLARGEMENT = 3;
/** How many times a pixel of the original may be enlarged on the screen. */
const PIXEL_ENLARGEMENT = 2;

/** The largest size with this ratio inside the stage. */
export function fitInto(ratio: number, stage: Size): Size {
  const width = Math.min(stage.width, stage.height * ratio);
  return { width, height: width / ratio };
}

/** The greatest scale that makes sense for a picture with so many pixels across. */
export function mostScale(fitted: Size, pixelsAcross: number | null, pixelRatio: number): number {
  if (!pixelsAcross) return LEAST_ENLARGEMENT;
  return Math.max(LEAST_ENLARGEMENT, (pixelsAcross * PIXEL_ENLARGEMENT) / (fitted.width * pixelRatio));
}

/** The scale for a double tap: pixel for pixel, but a clear step in any case. */
export function doubleTapScale(fitted: Size, pixelsAcross: number | null, pixelRatio: number): number {
  const exact = pixelsAcross ? pixelsAcross / (fitted.width * pixelRatio) : 0;
  return Math.min(5, Math.max(2, exact));
}

/** Changes the scale so that what is under `point` stays under it. */
export function zoomAt(zoom: Zoom, scale: number, point: Point): Zoom {
  const factor = scale / zoom.scale;
  return { scale, x: point.x - (point.x - zoom.x) * factor, y: point.y - (point.y - zoom.y) * factor };
}

/** The nearest zoom that leaves no empty space at a side where there is picture left. */
export function clamp(zoom: Zoom, fitted: Size, stage: Size, most: number): Zoom {
  const scale = Math.min(most, Math.max(1, zoom.scale));
  const fixed = scale === zoom.scale ? zoom : zoomAt(zoom, scale, { x: 0, y: 0 });
  const within = (offset: number, size: number, room: number) => {
    const reach = Math.max(0, (size * scale - room) / 2);
    return reach === 0 ? 0 : Math.min(reach, Math.max(-reach, offset));
  };
  return {
    scale,
    x: within(fixed.x, fitted.width, stage.width),
    y: within(fixed.y, fitted.height, stage.height),
  };
}

/** Movement past a limit follows the finger only partly. */
export function rubber(excess: number, room: number): number {
  return (excess * room * 0.55) / (room + Math.abs(excess) * 0.55);
}
