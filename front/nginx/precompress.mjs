/** Writes FILE.gz beside every file of a folder that gets smaller by it, for nginx's gzip_static. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

const folder = process.argv[2];
if (folder === undefined) throw new Error('usage: precompress.mjs FOLDER');
const packed = /\.(js|css|html|svg|json|txt|webmanifest)$/;

for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
  const path = join(entry.parentPath, entry.name);
  if (!entry.isFile() || !packed.test(entry.name)) continue;
  const data = readFileSync(path);
  const smaller = gzipSync(data, { level: 9 });
  if (smaller.length < data.length) writeFileSync(`${path}.gz`, smaller);
}
