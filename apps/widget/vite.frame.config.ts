import { resolve } from 'node:path';

import preact from '@preact/preset-vite';
import { defineConfig, type Plugin } from 'vite';

/**
 * Modules of Socket.IO's client that the frame never uses and that are imported all the same, each with what takes its place. The relay serves no WebTransport,
 * and the client does not ask for it (`FIRST_ATTEMPT`). No event has a binary field (docs/wire.md): the parser closes a connection on which a binary packet
 * arrives, as it does for any packet that it cannot read.
 */
const LEFT_OUT = [
  { package: 'engine.io-client', module: './webtransport.js', instead: 'export const WT = undefined;' },
  {
    package: 'socket.io-parser',
    module: './is-binary.js',
    instead: 'export const isBinary = () => false; export const hasBinary = () => false;',
  },
  {
    package: 'socket.io-parser',
    module: './binary.js',
    instead: 'export const deconstructPacket = undefined; export const reconstructPacket = undefined;',
  },
];

/** Replaces the modules of `LEFT_OUT`. The build fails when one of them is not imported any more. */
function withoutUnused(): Plugin {
  const replaced = new Set<string>();
  const idOf = (module: (typeof LEFT_OUT)[number]) => `\0without:${module.package}/${module.module}`;
  return {
    name: 'without-unused',
    enforce: 'pre',
    resolveId(source, importer) {
      const found = LEFT_OUT.find((each) => source === each.module && importer?.includes(`/${each.package}/`) === true);
      if (found === undefined) return null;
      replaced.add(idOf(found));
      return idOf(found);
    },
    load: (id) => LEFT_OUT.find((each) => idOf(each) === id)?.instead ?? null,
    buildEnd(error) {
      if (error !== undefined) return;
      for (const each of LEFT_OUT) {
        if (!replaced.has(idOf(each))) this.error(`${each.package} does not import ${each.module} any more: see what it imports instead.`);
      }
    },
  };
}

/** The frame: a page of the app's origin. Nothing inline, so that a strict Content-Security-Policy holds. */
export default defineConfig({
  root: resolve(import.meta.dirname, 'src/frame'),
  base: '/widget/',
  plugins: [withoutUnused(), preact({ devToolsEnabled: false, prefreshEnabled: false })],
  build: {
    outDir: resolve(import.meta.dirname, 'dist/frame'),
    emptyOutDir: true,
    target: 'es2022',
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
  },
});
