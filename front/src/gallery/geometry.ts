/** The measures of the grid, in whole CSS pixels. They depend on the width alone. */
export interface Geometry {
  readonly width: number;
  /** The row height that rows should be near. */
  readonly target: number;
  /** Between pictures, in both directions. */
  readonly gap: number;
  readonly monthHeader: number;
  readonly dayHeader: number;
  /** Free space below each day. */
  readonly dayGap: number;
  /** Between days that share a row; null where the screen is too narrow to share. */
  readonly shareGap: number | null;
}

const PHONE = 640;
const DESKTOP = 1200;

export function geometryFor(width: number): Geometry {
  const whole = Math.max(1, Math.floor(width));
  if (whole < PHONE) {
    const target = Math.round(Math.min(150, Math.max(84, whole * 0.31)));
    return { width: whole, target, gap: 2, monthHeader: 52, dayHeader: 40, dayGap: 10, shareGap: null };
  }
  const target = whole < DESKTOP ? 180 : 210;
  return { width: whole, target, gap: 4, monthHeader: 64, dayHeader: 44, dayGap: 12, shareGap: 20 };
}
