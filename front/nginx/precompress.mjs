/** Writes FILE.gz and FILE.br beside every file of a folder that gets smaller by it, for nginx's gzip_static and brotli_static. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';

const folder = process.argv[2];
if (folder === undefined) throw new Error('usage: precompress.mjs FOLDER');
const packed = /\.(js|css|html|svg|json|txt|webmanifest)$/;
const ways = { gz: (data) => gzipSync(data, { level: 9 }), br: brotliCompressSync };

for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
  const path = join(entry.parentPath, entry.name);
  if (!entry.isFile() || !packed.test(entry.name)) continue;
  const data = readFileSync(path);
  for (const [name, smaller] of Object.entries(ways)) {
    const made = smaller(data);
    if (made.length < data.length) writeFileSync(`${path}.${name}`, made);
  }
}
