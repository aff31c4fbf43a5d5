import { type Density, isDensity } from '@/gallery/density';
import { stored } from '@/shared/lib/useStored';

/** The same in every space and view of this device. */
export const densityChoice = stored<Density>('gallery.density', isDensity);
