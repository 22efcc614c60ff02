import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

import { ROOT } from './paths.mjs';
import { externalPackages, readWorkspaces } from './workspaces.mjs';

// Runs esbuild in a workspace's folder, from its `build` script, on its own sources and those of the workspaces it needs. Packages of others stay outside the
// bundle. Arguments are passed on to esbuild; npm says which workspace it is.
const workspace = process.env.npm_package_name;
if (workspace === undefined) throw new Error('Run this by the build script of a workspace: npm run build -w apps/relay.');
const common = ['--bundle', '--platform=node', '--format=esm', '--target=node20', '--log-level=warning'];
const external = externalPackages(readWorkspaces(ROOT), workspace).map((name) => `--external:${name}`);
const { status, error } = spawnSync(join(ROOT, 'node_modules/.bin/esbuild'), [...common, ...external, ...process.argv.slice(2)], {
  stdio: 'inherit',
});
if (error !== undefined) throw error;
process.exitCode = status ?? 1;
