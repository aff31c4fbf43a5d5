import { stored } from './useStored';

export type Theme = 'light' | 'dark';

/** The chosen theme; null follows the device. */
export const theme = stored<Theme>('gallery.theme', (value) => value === 'light' || value === 'dark');

/** Puts the theme on the page, now and after each change. Call before the first paint. */
export function applyTheme(): void {
  const show = () => {
    const chosen = theme.get();
    if (chosen) document.documentElement.dataset.theme = chosen;
    else delete document.documentElement.dataset.theme;
  };
  show();
  theme.subscribe(show);
}
