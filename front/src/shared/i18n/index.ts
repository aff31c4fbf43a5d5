/** The interface's language: which one, its texts, and the formats that go with it. */
import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import { stored } from '@/shared/lib/useStored';

export const LANGUAGES = ['ru', 'en'] as const;
export type Language = (typeof LANGUAGES)[number];
export type Texts = Record<string, Record<string, string>>;
export type LoadTexts = (language: Language) => Promise<Texts>;

const choice = stored<Language>('gallery.language', isLanguage);
let load: LoadTexts = async () => ({});
const listeners = new Set<(language: Language) => void>();

/** Starts with the stored choice, else the browser's language. */
export async function startLanguage(loader: LoadTexts): Promise<void> {
  load = loader;
  const language = storedLanguage() ?? browserLanguage();
  await i18next.use(initReactI18next).init({
    lng: language,
    fallbackLng: false,
    resources: { [language]: await load(language) },
    defaultNS: 'shared',
    keySeparator: false,
    interpolation: { escapeValue: false },
    returnNull: false,
  });
  announce(language);
}

/** Shows the interface in `language`; `null` means the browser's own. Remembered on this device. */
export async function chooseLanguage(language: Language | null): Promise<void> {
  choice.set(language);
  const next = language ?? browserLanguage();
  if (!i18next.hasResourceBundle(next, 'shared')) {
    for (const [namespace, texts] of Object.entries(await load(next))) {
      i18next.addResourceBundle(next, namespace, texts);
    }
  }
  await i18next.changeLanguage(next);
  announce(next);
}

export function currentLanguage(): Language {
  return isLanguage(i18next.language) ? i18next.language : browserLanguage();
}

export function storedLanguage(): Language | null {
  return choice.get();
}

/** Calls `listener` when the language has been chosen at the start, and after each change. */
export function onLanguage(listener: (language: Language) => void): void {
  listeners.add(listener);
}

function announce(language: Language): void {
  document.documentElement.lang = language;
  for (const listener of listeners) listener(language);
}

function browserLanguage(): Language {
  const wanted = navigator.languages.map((tag) => tag.slice(0, 2).toLowerCase());
  return wanted.find(isLanguage) ?? 'en';
}

function isLanguage(value: unknown): value is Language {
  return value === 'ru' || value === 'en';
}
