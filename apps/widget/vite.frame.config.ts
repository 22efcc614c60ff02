import { resolve } from 'node:path';

import preact from '@preact/preset-vite';
import { defineConfig, type Plugin } from 'vite';

/**
 * Modules of Socket.IO's client that the frame never uses but that are imported anyway, each with its replacement. The relay serves no WebTransport, and the
 * client does not request it (`FIRST_ATTEMPT`). No event has a binary field (docs/wire.md): the parser closes a connection on which a binary packet arrives, as
 * it does for any packet that it cannot read.
 */
const LEFT_OUT = [
  { package: 'engine.io-client', module: './webtransport.js', instead: 'export const WT = undefined;' },
  { package: 'engine.io-parser', module: './contrib/base64-arraybuffer.js', instead: 'export const decode = () => new ArrayBuffer(0);' },
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

/** Vite's module around each dynamic import, which preloads the dependencies of the imported file. The files of texts have none. */
const PRELOAD_HELPER = { id: '\0vite/preload-helper.js', instead: 'export const __vitePreload = (load) => load();' };

/** Replaces the modules of `LEFT_OUT` and the preload helper. The build fails if one of them is no longer imported. */
function withoutUnused(): Plugin {
  const replaced = new Set<string>();
  const idOf = (module: (typeof LEFT_OUT)[number]) => `\0without:${module.package}/${module.module}`;
  const replacements = new Map([
    ...LEFT_OUT.map((each) => [idOf(each), each.instead] as const),
    [PRELOAD_HELPER.id, PRELOAD_HELPER.instead],
  ]);
  return {
    name: 'without-unused',
    enforce: 'pre',
    resolveId(source, importer) {
      const found = LEFT_OUT.find((each) => source === each.module && importer?.includes(`/${each.package}/`) === true);
      return found === undefined ? null : idOf(found);
    },
    load(id) {
      const instead = replacements.get(id);
      if (instead === undefined) return null;
      replaced.add(id);
      return instead;
    },
    buildEnd(error) {
      if (error !== undefined) return;
      for (const id of replacements.keys()) {
        if (!replaced.has(id)) this.error(`${JSON.stringify(id)} is not imported any more: find out what is imported instead.`);
      }
    },
  };
}

/** The frame: a page of the installation's origin. Nothing is inline, so that a strict Content-Security-Policy can be used. */
export default defineConfig({
  root: resolve(import.meta.dirname, 'src/frame'),
  base: '/widget/',
  plugins: [withoutUnused(), preact({ devToolsEnabled: false, prefreshEnabled: false })],
  build: {
    outDir: resolve(import.meta.dirname, 'dist/frame'),
    emptyOutDir: true,
    target: 'es2022',
    // Their modules have no side effects, but their packages do not say so.
    rolldownOptions: { treeshake: { moduleSideEffects: [{ test: /\/(?:engine|socket)\.io-client\//, sideEffects: false }] } },
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
  },
});
