/** How much of the library a screen shows: rows of one's days, months as walls of small pictures, or years of months. */
export type Density = 'days' | 'months' | 'years';

/** The densities that consist of the assets themselves. */
export type GridDensity = Exclude<Density, 'years'>;

/** From the least to the most that one sees of each picture. */
export const DENSITIES = ['years', 'months', 'days'] as const satisfies readonly Density[];

export function isDensity(value: string): value is Density {
  return (DENSITIES as readonly string[]).includes(value);
}

/** One step closer (1) or further away (-1); the same at the ends. */
export function stepped(density: Density, step: 1 | -1): Density {
  return DENSITIES[DENSITIES.indexOf(density) + step] ?? density;
}
