/** What all other parts say in this language. */
export default import.meta.glob<Record<string, string>>(
  ['../features/**/locales/ru.json', '!../features/{shell,timeline}/locales/**'],
  { eager: true, import: 'default' },
);
