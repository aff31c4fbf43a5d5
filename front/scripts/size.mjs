/**
 * Holds the first visit to its budget: all JavaScript that is fetched before the first photo, gzipped.
 *
 * That is the entry and the application with everything they import statically, and the larger of the two languages. Run it after `npm run build`.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const BUDGET = 140_000;
const LANGUAGES = ['src/locales/ru.ts', 'src/locales/en.ts'];

const dist = fileURLToPath(new URL('../dist/', import.meta.url));
const manifest = JSON.parse(readFileSync(`${dist}.vite/manifest.json`, 'utf8'));

function withImports(key, found = new Set()) {
  if (found.has(key)) return found;
  found.add(key);
  for (const next of manifest[key].imports ?? []) withImports(next, found);
  return found;
}

function gzipped(key) {
  return gzipSync(readFileSync(dist + manifest[key].file), { level: 9 }).length;
}

const entry = Object.keys(manifest).find((key) => manifest[key].isEntry);
const application = Object.keys(manifest).find((key) => manifest[key].name === 'app');
const keys = withImports(application, withImports(entry));
const rows = [...keys].map((key) => [manifest[key].file, gzipped(key)]);
const language = LANGUAGES.toSorted((a, b) => gzipped(b) - gzipped(a))[0];
rows.push([manifest[language].file, gzipped(language)]);

const total = rows.reduce((sum, [, bytes]) => sum + bytes, 0);
for (const [file, bytes] of rows) console.log(`${String(bytes).padStart(8)}  ${file}`);
console.log(`${String(total).padStart(8)}  of ${BUDGET} bytes of JavaScript before the first photo`);
if (total > BUDGET) {
  console.error('Over the budget: fetch something later, or do without it.');
  process.exit(1);
}
