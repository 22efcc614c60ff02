import { resolve } from 'node:path';

import preact from '@preact/preset-vite';
import { defineConfig, type Plugin } from 'vite';

/**
 * Leaves WebTransport out: the relay does not serve it, the client never asks for it (`FIRST_ATTEMPT`), and engine.io-client imports it all the same. The
 * build fails when engine.io-client has no such module any more.
 */
function withoutWebTransport(): Plugin {
  const stub = '\0without-webtransport';
  let isLeftOut = false;
  return {
    name: 'without-webtransport',
    enforce: 'pre',
    resolveId(source, importer) {
      if (source !== './webtransport.js' || importer?.includes('/engine.io-client/') !== true) return null;
      isLeftOut = true;
      return stub;
    },
    load: (id) => (id === stub ? 'export const WT = undefined;' : null),
    buildEnd() {
      if (!isLeftOut) this.error('engine.io-client has no module webtransport.js any more: see what it imports instead.');
    },
  };
}

/** The frame: a page of the app's origin. Nothing inline, so that a strict Content-Security-Policy holds. */
export default defineConfig({
  root: resolve(import.meta.dirname, 'src/frame'),
  base: '/widget/',
  plugins: [withoutWebTransport(), preact({ devToolsEnabled: false, prefreshEnabled: false })],
  build: {
    outDir: resolve(import.meta.dirname, 'dist/frame'),
    emptyOutDir: true,
    target: 'es2022',
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
  },
});
