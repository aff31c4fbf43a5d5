/** Launch data as MAX signs it (its page "validation"): for tests of the mini-app's sign-in. */
import { createHmac } from 'node:crypto';
import type { Page } from '@playwright/test';
import { BOT_TOKEN } from './installation';

export interface Launch {
  userId: number;
  firstName: string;
  languageCode?: string;
  /** Age of the launch, in seconds. */
  age?: number;
}

/** What stands after "#" in the address that MAX opens. */
export function launchFragment(launch: Launch): string {
  return `WebAppData=${encodeURIComponent(initData(launch))}&WebAppPlatform=web&WebAppVersion=26.2.8`;
}

function initData({ userId, firstName, languageCode = 'ru', age = 0 }: Launch): string {
  const fields: Record<string, string> = {
    auth_date: String(Math.floor(Date.now() / 1000) - age),
    query_id: crypto.randomUUID(),
    user: JSON.stringify({
      id: userId,
      first_name: firstName,
      last_name: '',
      username: null,
      language_code: languageCode,
      photo_url: null,
    }),
  };
  const signed = Object.entries(fields)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key}=${value}`)
    .join('\n');
  const secret = createHmac('sha256', 'WebAppData').update(BOT_TOKEN).digest();
  const hash = createHmac('sha256', secret).update(signed).digest('hex');
  return Object.entries({ ...fields, hash })
    .map(([key, value]) => `${key}=${encodeURIComponent(value)}`)
    .join('&');
}

interface Told {
  calls: string[];
  back: boolean;
  closing: boolean;
  swipes: boolean;
  press: () => void;
}

/** MAX around the page: takes the place of its bridge and writes down what it is told. */
export class WebAppFake {
  readonly #page: Page;

  private constructor(page: Page) {
    this.#page = page;
  }

  /** Every page that is opened from now on is inside MAX. */
  static async inside(page: Page): Promise<WebAppFake> {
    await page.addInitScript(() => {
      const told: Told = { calls: [], back: false, closing: false, swipes: true, press: () => undefined };
      const note = (call: string) => void told.calls.push(call);
      Object.assign(window, {
        told,
        WebApp: {
          initData: '',
          ready: () => note('ready'),
          BackButton: {
            show: () => Object.assign(told, { back: true }),
            hide: () => Object.assign(told, { back: false }),
            onClick: (press: () => void) => Object.assign(told, { press }),
          },
          enableClosingConfirmation: () => Object.assign(told, { closing: true }),
          disableClosingConfirmation: () => Object.assign(told, { closing: false }),
          enableVerticalSwipes: async () => Object.assign(told, { swipes: true }),
          disableVerticalSwipes: async () => Object.assign(told, { swipes: false }),
          HapticFeedback: {
            selectionChanged: async () => note('haptic selection'),
            notificationOccurred: async (type: string) => note(`haptic ${type}`),
          },
          shareMaxContent: async ({ text, link }: { text: string; link: string }) => {
            note(`share ${text} ${link}`);
            return { status: 'shared' };
          },
        },
      });
    });
    return new WebAppFake(page);
  }

  calls(): Promise<string[]> {
    return this.#read(({ calls }) => calls);
  }

  isBackShown(): Promise<boolean> {
    return this.#read(({ back }) => back);
  }

  closing(): Promise<boolean> {
    return this.#read(({ closing }) => closing);
  }

  swipes(): Promise<boolean> {
    return this.#read(({ swipes }) => swipes);
  }

  pressBack(): Promise<void> {
    return this.#read(({ press }) => press());
  }

  async #read<T>(read: (told: Told) => T): Promise<T> {
    const told = await this.#page.evaluateHandle(() => (window as unknown as { told: Told }).told);
    return told.evaluate(read) as Promise<T>;
  }
}
