/**
 * Draws the icons of the installed application from public/icon.svg: `CHROMIUM_PATH=… npm run icons`, after a change
 * of the drawing.
 *
 * A maskable icon is cut by the system to whatever shape it likes, so its ground fills the square and the drawing keeps to
 * the circle in the middle (80 % of the width); the same goes for the one that iPhones take.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { chromium } from '@playwright/test';

const ICONS = [
  { name: 'icon-192', size: 192, full: false },
  { name: 'icon-512', size: 512, full: false },
  { name: 'icon-maskable-192', size: 192, full: true },
  { name: 'icon-maskable-512', size: 512, full: true },
  { name: 'icon-180', size: 180, full: true },
];
/** The drawing has a margin of its own; so much smaller, its corners touch that circle. */
const INSIDE = 0.95;

const folder = fileURLToPath(new URL('../public/', import.meta.url));
const drawing = readFileSync(`${folder}icon.svg`, 'utf8');
const ground = /<rect width="32" height="32" rx="8" fill="(#\w+)"\/>/.exec(drawing);
if (!ground) throw new Error('icon.svg has no ground to fill the square with.');

function svgOf({ size, full }) {
  const sized = drawing.replace('<svg ', `<svg width="${size}" height="${size}" `);
  if (!full) return sized;
  const margin = (32 * (1 - INSIDE)) / 2;
  return sized
    .replace(
      ground[0],
      `<rect width="32" height="32" fill="${ground[1]}"/><g transform="translate(${margin} ${margin}) scale(${INSIDE})">`,
    )
    .replace('</svg>', '</g></svg>');
}

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM_PATH, args: ['--no-sandbox'] });
const page = await browser.newPage();
for (const icon of ICONS) {
  await page.setViewportSize({ width: icon.size, height: icon.size });
  await page.setContent(`<style>body{margin:0}svg{display:block}</style>${svgOf(icon)}`);
  writeFileSync(`${folder}${icon.name}.png`, await page.screenshot({ omitBackground: true }));
}
await browser.close();
