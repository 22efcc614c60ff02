import { resolve } from 'node:path';

import preact from '@preact/preset-vite';
import { defineConfig } from 'vite';

/** The frame: a page of the app's origin. Nothing inline, so that a strict Content-Security-Policy holds. */
export default defineConfig({
  root: resolve(import.meta.dirname, 'src/frame'),
  base: '/widget/',
  plugins: [preact({ devToolsEnabled: false, prefreshEnabled: false })],
  build: {
    outDir: resolve(import.meta.dirname, 'dist/frame'),
    emptyOutDir: true,
    target: 'es2022',
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
  },
});
