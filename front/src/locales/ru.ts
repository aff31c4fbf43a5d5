/** What the frame and the first photos say in this language, as one file to fetch. */
export default import.meta.glob<Record<string, string>>(
  ['../{gallery,shared}/locales/ru.json', '../features/{shell,timeline}/locales/ru.json'],
  { eager: true, import: 'default' },
);
