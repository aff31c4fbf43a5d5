/** Every namespace in this language, as one file to fetch. The namespace is the folder's name. */
const files = import.meta.glob<Record<string, string>>(
  ['../{gallery,shared}/locales/ru.json', '../features/*/locales/ru.json'],
  { eager: true, import: 'default' },
);

export default Object.fromEntries(
  Object.entries(files).map(([path, texts]) => [path.split('/').at(-3), texts]),
);
