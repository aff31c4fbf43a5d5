import type { LoadTexts } from '@/shared/i18n';

const texts = {
  ru: { first: () => import('./ru'), later: () => import('./ru.later') },
  en: { first: () => import('./en'), later: () => import('./en.later') },
};

/** For `startLanguage`: the texts of the application, each file when it is needed. */
export const loadTexts: LoadTexts = async (language, portion) => {
  const { default: files } = await texts[language][portion]();
  return Object.fromEntries(Object.entries(files).map(([path, texts]) => [namespaceOf(path), texts]));
};

/** The name of the part's folder. */
function namespaceOf(path: string): string | undefined {
  return path.split('/').at(-3);
}
