import { resolve } from 'node:path';

import { defineConfig } from 'vite';

/** The loader: one classic script with a fixed name. */
export default defineConfig({
  build: {
    outDir: resolve(import.meta.dirname, 'dist'),
    emptyOutDir: false,
    target: 'es2022',
    // The style already fits the target. With a lower CSS target the build would add fallbacks for `light-dark()`, which the style does not use.
    cssTarget: 'esnext',
    lib: {
      entry: resolve(import.meta.dirname, 'src/loader/main.ts'),
      formats: ['iife'],
      name: 'switchboardLoader',
      fileName: () => 'widget.js',
    },
  },
});
