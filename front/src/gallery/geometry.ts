import type { GridDensity } from './density';

/** The measures of the grid, in whole CSS pixels. They depend on the width and the density alone. */
export interface Geometry {
  readonly width: number;
  /** Wide enough for large headings. */
  readonly roomy: boolean;
  /** One wall of small pictures a month, without days. */
  readonly dense: boolean;
  /** The row height that rows should be near. */
  readonly target: number;
  /** Between pictures, in both directions. */
  readonly gap: number;
  readonly monthHeader: number;
  readonly dayHeader: number;
  /** Free space below each day; below each month where there are no days. */
  readonly dayGap: number;
  /** Between days that share a row; null where the screen is too narrow to share. */
  readonly shareGap: number | null;
}

const PHONE = 640;
const DESKTOP = 1200;

export function geometryFor(width: number, density: GridDensity = 'days'): Geometry {
  const whole = Math.max(1, Math.floor(width));
  const isPhone = whole < PHONE;
  const screen = { width: whole, roomy: !isPhone };
  if (density === 'months') {
    const target = isPhone ? Math.round(Math.min(72, Math.max(44, whole * 0.15))) : 92;
    const rows = isPhone ? { gap: 1, monthHeader: 52, dayGap: 8 } : { gap: 3, monthHeader: 64, dayGap: 12 };
    return { ...screen, dense: true, target, ...rows, dayHeader: 0, shareGap: null };
  }
  if (isPhone) {
    const target = Math.round(Math.min(150, Math.max(84, whole * 0.31)));
    const rows = { gap: 2, monthHeader: 52, dayHeader: 40, dayGap: 10 };
    return { ...screen, dense: false, target, ...rows, shareGap: null };
  }
  const target = whole < DESKTOP ? 180 : 210;
  const rows = { gap: 4, monthHeader: 64, dayHeader: 44, dayGap: 12 };
  return { ...screen, dense: false, target, ...rows, shareGap: 20 };
}
