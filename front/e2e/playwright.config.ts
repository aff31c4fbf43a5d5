/**
 * End-to-end tests: a real Chromium against a real gallery with an empty library of its own.
 *
 *     npm run build && npm run e2e
 *
 * CHROMIUM_PATH names the browser, E2E_PORT the gallery's port, GALLERY its command; all three are found when not set.
 */
import { defineConfig, devices } from '@playwright/test';
import { chromiumPath } from './chromium';

export default defineConfig({
  testDir: '.',
  outputDir: '.out/results',
  globalSetup: './global-setup.ts',
  fullyParallel: true,
  workers: Number(process.env.E2E_WORKERS ?? 2),
  // A shared CI machine may stall for longer than a person waits; what fails twice is broken.
  retries: process.env.CI ? 1 : 0,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  forbidOnly: Boolean(process.env.CI),
  reporter: [['list']],
  use: {
    locale: 'ru-RU',
    timezoneId: 'Europe/Moscow',
    // What a service worker answers cannot be delayed or refused by a test; the tests of itself turn it on.
    serviceWorkers: 'block',
    // Recording costs a third of the time; E2E_TRACE=1 turns it on for whoever looks for a reason.
    trace: process.env.E2E_TRACE ? 'retain-on-failure' : 'off',
    screenshot: 'only-on-failure',
    launchOptions: {
      executablePath: chromiumPath(),
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        // Nobody but the gallery is there. A route that says so would hold up every request, and forbid the cache.
        '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
      ],
    },
  },
  projects: [
    { name: 'desktop', use: { viewport: { width: 1440, height: 900 } } },
    {
      name: 'phone',
      // Nothing in these depends on the size of the screen.
      testIgnore: /(budget|entrance|settings|ui)\.spec\.ts$/,
      grepInvert: /@once/,
      use: {
        viewport: { width: 390, height: 844 },
        deviceScaleFactor: 2,
        hasTouch: true,
        isMobile: true,
        userAgent: devices['Pixel 7'].userAgent,
      },
    },
  ],
});
