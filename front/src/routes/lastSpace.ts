import { stored } from '@/shared/lib/useStored';

/** The space that was open last on this device. */
export const lastSpace = stored<string>('gallery.space', (value): value is string => value.length > 0);
