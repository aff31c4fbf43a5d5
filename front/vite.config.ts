import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { fetchBeside, firstChunks } from './vite.first.ts';
import { serviceWorker } from './vite.worker.ts';

const backend = process.env.BACKEND_URL ?? 'http://127.0.0.1:8000';
const proxied = ['/api', '/media', '/health'];

export default defineConfig({
  plugins: [react({ babel: { plugins: ['babel-plugin-react-compiler'] } }), fetchBeside(), serviceWorker()],
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
    rolldownOptions: { output: { codeSplitting: { groups: firstChunks } } },
  },
});
