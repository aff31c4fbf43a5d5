import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { serviceWorker } from './vite.worker.ts';

const backend = process.env.BACKEND_URL ?? 'http://127.0.0.1:8000';
const proxied = ['/api', '/media', '/health'];

interface Graph {
  getModuleInfo(id: string): { isEntry: boolean; importers: readonly string[] } | null;
}

/**
 * Everything that the first page needs goes into one file, whoever else uses it too: on a bad network each
 * file more costs a journey. What is imported dynamically stays apart.
 */
function inFirstChunk(id: string, graph: Graph, seen = new Set<string>()): string | null {
  const module = graph.getModuleInfo(id);
  if (!module || seen.has(id)) return null;
  seen.add(id);
  const needed = module.isEntry || module.importers.some((importer) => inFirstChunk(importer, graph, seen));
  return needed ? 'app' : null;
}

export default defineConfig({
  plugins: [react({ babel: { plugins: ['babel-plugin-react-compiler'] } }), serviceWorker()],
  resolve: {
    alias: {
      '@': fileURLToPath(new URL('./src', import.meta.url)),
    },
  },
  server: {
    host: process.env.HOST ?? '127.0.0.1',
    port: Number(process.env.PORT ?? 5173),
    proxy: Object.fromEntries(proxied.map((path) => [path, { target: backend, changeOrigin: false }])),
  },
  build: {
    target: 'es2022',
    manifest: true,
    // Small files become requests of their own: a data: URL would need a wider content security policy.
    assetsInlineLimit: 0,
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: inFirstChunk }] } } },
  },
});
