import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

import { ROOT } from './paths.mjs';
import { externalPackages, readWorkspaces } from './workspaces.mjs';

// Runs esbuild in a workspace's folder, from its `build` script, on its sources and those of the workspaces it needs. Third-party packages are not bundled.
// Arguments are passed to esbuild; npm sets the name of the workspace.
const workspace = process.env.npm_package_name;
if (workspace === undefined) throw new Error('Run this from the build script of a workspace: npm run build -w apps/relay.');
const common = ['--bundle', '--platform=node', '--format=esm', '--target=node20', '--log-level=warning'];
const external = externalPackages(readWorkspaces(ROOT), workspace).map((name) => `--external:${name}`);
const { status, error } = spawnSync(join(ROOT, 'node_modules/.bin/esbuild'), [...common, ...external, ...process.argv.slice(2)], {
  stdio: 'inherit',
});
if (error !== undefined) throw error;
process.exitCode = status ?? 1;
