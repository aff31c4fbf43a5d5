/**
 * Builds the service worker after the application, since it carries the names of the application's files: `sw.js` at the
 * root, one file of its own with no imports.
 */
import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { build, type Plugin, type Rolldown } from 'vite';
import { isFirst } from './vite.first.ts';

const SOURCE = fileURLToPath(new URL('./src', import.meta.url));
/** Files of the public folder that an installed application shows without a network. */
const PUBLIC = ['/icon.svg'];
/** A part that is larger than this, and not needed for the first page, is kept once somebody has used it. */
const LARGE = 200_000;

export function serviceWorker(): Plugin {
  let outDir = 'dist';
  return {
    name: 'gallery:service-worker',
    apply: 'build',
    configResolved(config) {
      outDir = config.build.outDir;
    },
    async writeBundle(_, bundle) {
      const shell = [...shellOf(bundle), ...PUBLIC];
      const page = bundle['index.html'];
      const described = JSON.stringify([shell, page?.type === 'asset' ? String(page.source) : '']);
      const version = createHash('sha256').update(described).digest('hex').slice(0, 12);
      await build({
        configFile: false,
        publicDir: false,
        logLevel: 'warn',
        resolve: { alias: { '@': SOURCE } },
        define: { BUILD: JSON.stringify(version), SHELL: JSON.stringify(shell) },
        build: {
          outDir,
          emptyOutDir: false,
          copyPublicDir: false,
          target: 'es2022',
          rolldownOptions: {
            input: `${SOURCE}/worker/sw.ts`,
            output: { format: 'iife', entryFileNames: 'sw.js' },
          },
        },
      });
    },
  };
}

/** Scripts and styles: all that the first page needs, and the smaller ones of the other pages. */
function shellOf(bundle: Rolldown.OutputBundle): string[] {
  const needed = new Set<string>();
  const visit = (name: string): void => {
    const file = bundle[name];
    if (needed.has(name) || file?.type !== 'chunk') return;
    needed.add(name);
    file.imports.forEach(visit);
  };
  for (const [name, file] of Object.entries(bundle)) if (isFirst(file)) visit(name);
  return Object.entries(bundle)
    .filter(([name, file]) => /\.(js|css)$/.test(name) && (needed.has(name) || sizeOf(file) <= LARGE))
    .map(([name]) => `/${name}`)
    .sort();
}

function sizeOf(file: Rolldown.OutputAsset | Rolldown.OutputChunk): number {
  return Buffer.byteLength(file.type === 'chunk' ? file.code : file.source);
}
