/** Launch data as MAX signs it (its page "validation"): for tests of the mini-app's sign-in. */
import { createHmac } from 'node:crypto';
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
