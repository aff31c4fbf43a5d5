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
    colourBars();
  };
  show();
  theme.subscribe(show);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', colourBars);
}

/** Gives the browser's own bars the colour of the page. */
function colourBars(): void {
  const { backgroundColor } = getComputedStyle(document.documentElement);
  document.querySelector('meta[name="theme-color"]')?.setAttribute('content', backgroundColor);
}
