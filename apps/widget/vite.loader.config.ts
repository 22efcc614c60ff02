import { resolve } from 'node:path';

import { defineConfig } from 'vite';

/** The loader: one classic script under a name that never changes. */
export default defineConfig({
  build: {
    outDir: resolve(import.meta.dirname, 'dist'),
    emptyOutDir: false,
    target: 'es2022',
    // What the style uses is as old as that. Lowered further, it would carry stand-ins for `light-dark()`, which it does not use.
    cssTarget: 'esnext',
    lib: {
      entry: resolve(import.meta.dirname, 'src/loader/main.ts'),
      formats: ['iife'],
      name: 'switchboardLoader',
      fileName: () => 'widget.js',
    },
  },
});
