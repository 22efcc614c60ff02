import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const BUILD = join(import.meta.dirname, 'apps/web/.next');

/**
 * The scripts that the console needs for its first view, from the build's own lists. Those that it loads afterwards (menus, dialogs, tooltips, the picture
 * viewer) are not among them.
 * @returns {string[]}
 */
function consoleScripts() {
  const page = join(BUILD, 'server/app/(console)/page_client-reference-manifest.js');
  if (!existsSync(page)) throw new Error('The web app is not built: run npm run build first.');
  /** @type {{ rootMainFiles: string[] }} */
  const { rootMainFiles } = JSON.parse(readFileSync(join(BUILD, 'build-manifest.json'), 'utf8'));
  createRequire(import.meta.url)(page); // Fills a global variable.
  /** @type {{ entryJSFiles: Record<string, string[]> }[]} */
  const manifests = Object.values(Reflect.get(globalThis, '__RSC_MANIFEST'));
  const entries = manifests.flatMap(({ entryJSFiles }) => entryJSFiles['[project]/apps/web/app/(console)/page'] ?? []);
  return [...new Set([...rootMainFiles, ...entries])].map((file) => `apps/web/.next/${file}`);
}

export default [
  { name: 'loader (what the host page pays)', path: 'apps/widget/dist/widget.js', gzip: true, limit: '6.14 kB' },
  {
    name: 'frame (after the first click), with the longest language',
    path: 'apps/widget/dist/frame/assets/{index-*.js,index-*.css,de-*.js}',
    gzip: true,
    limit: '60 kB',
  },
  { name: 'console (scripts of its first view)', path: consoleScripts(), gzip: true, limit: '225 kB' },
];
