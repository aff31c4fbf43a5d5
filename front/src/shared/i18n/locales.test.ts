import { describe, expect, it } from 'vitest';

type Texts = Record<string, string>;

const files = import.meta.glob<Texts>('../../**/locales/{ru,en}.json', { eager: true, import: 'default' });
const folders = [...new Set(Object.keys(files).map((path) => path.replace(/\/(ru|en)\.json$/, '')))];

const PLURAL = /_(zero|one|two|few|many|other)$/;

function textsOf(folder: string, language: string): Texts {
  const texts = files[`${folder}/${language}.json`];
  if (!texts) throw new Error(`${folder} has no ${language}.json`);
  return texts;
}

function bases(texts: Texts): string[] {
  return [...new Set(Object.keys(texts).map((key) => key.replace(PLURAL, '')))].sort();
}

/** The plural forms in which each counted text exists: { "members.count": ["few", "many", "one", "other"] }. */
function forms(texts: Texts): Record<string, string[]> {
  const found: Record<string, string[]> = {};
  for (const key of Object.keys(texts)) {
    const form = PLURAL.exec(key)?.[1];
    if (!form) continue;
    const base = key.replace(PLURAL, '');
    found[base] = [...(found[base] ?? []), form].sort();
  }
  return found;
}

/** The values that a text takes, of all its plural forms together. */
function placeholders(texts: Texts): Record<string, string[]> {
  const found: Record<string, Set<string>> = {};
  for (const [key, text] of Object.entries(texts)) {
    const base = key.replace(PLURAL, '');
    const names = [...text.matchAll(/\{\{\s*([\w.]+)/g)].map((match) => match[1] ?? '');
    found[base] = new Set([...(found[base] ?? []), ...names]);
  }
  return Object.fromEntries(Object.entries(found).map(([key, names]) => [key, [...names].sort()]));
}

it('finds the texts of every part', () => {
  expect(folders.length).toBeGreaterThan(5);
});

describe.each(folders)('%s', (folder) => {
  const ru = textsOf(folder, 'ru');
  const en = textsOf(folder, 'en');

  it('says the same things in both languages', () => {
    expect(bases(en)).toEqual(bases(ru));
  });

  it.each([
    ['ru', ru],
    ['en', en],
  ])('has every plural form of %s', (language, texts) => {
    const needed = [...new Intl.PluralRules(language).resolvedOptions().pluralCategories].sort();
    for (const [key, found] of Object.entries(forms(texts))) {
      expect(found, `${folder} ${language}: ${key}`).toEqual(needed);
    }
  });

  it('takes the same values in both languages', () => {
    expect(placeholders(en)).toEqual(placeholders(ru));
  });

  it('leaves no text empty', () => {
    for (const text of [...Object.values(ru), ...Object.values(en)]) expect(text.trim()).not.toBe('');
  });

  it('is in Russian where it should be', () => {
    const words = Object.entries(ru).map(([key, text]) => [key, text.replace(/\{\{.*?\}\}/g, '')] as const);
    const latin = words.filter(([, text]) => /[a-z]/i.test(text) && !/[а-яё]/i.test(text));
    expect(latin.map(([key]) => key).filter((key) => !NAMES.has(key))).toEqual([]);
  });
});

/** Proper names, which are the same in every language. */
const NAMES = new Set(['product', 'language.en', 'live.badge']);
