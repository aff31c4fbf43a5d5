/**
 * Texts by key. A text lives in the `locales/{ru,en}.json` of the part that shows it; the part's folder is
 * the namespace. Values stand in double braces, and a counted text has one key per plural form of its
 * language, as Unicode CLDR names them:
 *
 *     "photos_one": "{{count}} фотография", "photos_few": "{{count}} фотографии", …
 *     t('photos', { count: 3 })
 *
 * See docs/decisions for why this is not a library.
 */
import type shared from '../locales/ru.json';

export const LANGUAGES = ['ru', 'en'] as const;
export type Language = (typeof LANGUAGES)[number];

/** Every namespace with its texts. Other parts add theirs in src/texts.d.ts, so that keys are checked. */
export interface Namespaces {
  shared: typeof shared;
}

export type Namespace = keyof Namespaces;
export type Texts = Partial<Record<Namespace, Readonly<Record<string, string>>>>;

type PluralForm = 'zero' | 'one' | 'two' | 'few' | 'many' | 'other';
type WithoutForm<K> = K extends `${infer Base}_${PluralForm}` ? Base : K;

/** The keys of a namespace, a counted text once. */
export type TextKey<N extends Namespace> = WithoutForm<keyof Namespaces[N] & string>;

export interface Values {
  /** Chooses the plural form, and is written with the language's digit groups. */
  count?: number;
  [name: string]: string | number | undefined;
}

export interface Translate<N extends Namespace> {
  (key: TextKey<N>, values?: Values & { ns?: undefined }): string;
  /** A text of another namespace. */
  <M extends Namespace>(key: TextKey<M>, values: Values & { ns: M }): string;
}

/** Makes the `t` of one language and namespace. An unknown key is shown as it is: better than nothing. */
export function translator<N extends Namespace>(
  language: Language,
  texts: Texts,
  namespace: N,
): Translate<N> {
  return (key: string, values: Values & { ns?: Namespace | undefined } = {}) => {
    const { ns = namespace, count } = values;
    const own = texts[ns];
    const counted = count === undefined ? undefined : own?.[`${key}_${pluralsOf(language).select(count)}`];
    const text = counted ?? own?.[key] ?? key;
    return text.replace(/\{\{(\w+)\}\}/g, (braces, name: string) => {
      const value = values[name];
      if (value === undefined) return braces;
      return name === 'count' ? numbersOf(language).format(Number(value)) : String(value);
    });
  };
}

// The browser takes its time to make these, tens of milliseconds on a phone: once, and not before something is counted.
const pluralsOf = onceALanguage((language) => new Intl.PluralRules(language));
export const numbersOf = onceALanguage((language) => new Intl.NumberFormat(language));

export function onceALanguage<T>(make: (language: Language) => T): (language: Language) => T {
  const made = new Map<Language, T>();
  return (language) => {
    let known = made.get(language);
    if (known === undefined) {
      known = make(language);
      made.set(language, known);
    }
    return known;
  };
}
