/** The interface's language: which one it is, its texts, and how components get at them. */
import { useSyncExternalStore } from 'react';
import { stored } from '@/shared/lib/useStored';
import {
  LANGUAGES,
  type Language,
  type Namespace,
  type Texts,
  type Translate,
  translator,
} from './translate';

export { LANGUAGES, type Language, type Texts } from './translate';

/** `first`: of the frame and the first photos; `later`: of all other parts. */
export type Portion = 'first' | 'later';
export type LoadTexts = (language: Language, portion: Portion) => Promise<Texts>;

interface Spoken {
  language: Language;
  texts: Texts;
  /** The `t` of each namespace, made once per language so that it changes exactly when the language does. */
  translators: Map<Namespace, Translate<Namespace>>;
}

const choice = stored<Language>('gallery.language', isLanguage);
const listeners = new Set<(language: Language) => void>();
let host: Language | null = null;
let load: LoadTexts = async () => ({});
/** Whether some part needs the later texts, in whichever language is spoken. */
let isBeyondFirst = false;
let spoken: Spoken = { language: browserLanguage(), texts: {}, translators: new Map() };

/** What the interface starts with: the choice of this device, else the language of MAX, else the browser's. */
export function firstLanguage(): Language {
  return choice.get() ?? automaticLanguage();
}

/** The one that somebody chose on this device. */
export function chosenLanguage(): Language | null {
  return choice.get();
}

/** The language of the application around the page, MAX say; it is nearer to the person than the browser's. */
export function setHostLanguage(language: Language | null): void {
  host = language;
}

export async function startLanguage(loader: LoadTexts): Promise<void> {
  load = loader;
  await speakIn(firstLanguage());
}

/** Fetches the texts that only later parts need; they wait for it before they are drawn. */
export async function laterTexts(): Promise<void> {
  isBeyondFirst = true;
  const { language, texts } = spoken;
  Object.assign(texts, await load(language, 'later'));
}

/** Shows the interface in `language`; `null` means MAX's or the browser's own. Remembered on this device. */
export async function chooseLanguage(language: Language | null): Promise<void> {
  choice.set(language);
  await speakIn(language ?? automaticLanguage());
}

export function currentLanguage(): Language {
  return spoken.language;
}

/** Calls `listener` when the language has been chosen at the start, and after each change. */
export function onLanguage(listener: (language: Language) => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The current language; draws the component again when it changes. */
export function useLanguage(): Language {
  return useSyncExternalStore(onLanguage, currentLanguage);
}

/** `t` for the texts of one namespace; draws the component again when the language changes. */
export function useTranslation<N extends Namespace = 'shared'>(namespace?: N): { t: Translate<N> } {
  const t = useSyncExternalStore(onLanguage, () => translatorFor(namespace ?? 'shared'));
  return { t: t as Translate<N> };
}

function translatorFor(namespace: Namespace): Translate<Namespace> {
  let t = spoken.translators.get(namespace);
  if (!t) {
    t = translator(spoken.language, spoken.texts, namespace);
    spoken.translators.set(namespace, t);
  }
  return t;
}

async function speakIn(language: Language): Promise<void> {
  const texts = { ...(await load(language, 'first')) };
  if (isBeyondFirst) Object.assign(texts, await load(language, 'later'));
  spoken = { language, texts, translators: new Map() };
  document.documentElement.lang = language;
  for (const listener of listeners) listener(language);
}

function automaticLanguage(): Language {
  return host ?? browserLanguage();
}

function browserLanguage(): Language {
  const wanted = navigator.languages.map((tag) => tag.slice(0, 2).toLowerCase());
  return wanted.find(isLanguage) ?? 'en';
}

export function isLanguage(value: unknown): value is Language {
  return LANGUAGES.some((language) => language === value);
}
