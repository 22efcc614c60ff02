import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { ROOT } from './paths.mjs';
import { commandLineTarget, productTargets } from './prepare/targets.mjs';
import { externalPackages, neededWorkspaces, readWorkspaces } from './workspaces.mjs';

describe('a new workspace', () => {
  let root: string;
  const add = async (folder: string, name: string, manifest: object) => {
    await mkdir(join(root, folder), { recursive: true });
    await writeFile(join(root, folder, 'package.json'), JSON.stringify({ name: `@switchboard/${name}`, ...manifest }));
  };
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'switchboard-workspaces-'));
    await writeFile(join(root, 'package.json'), JSON.stringify({ workspaces: ['packages/*', 'apps/*', 'bench'] }));
    await add('packages/known', 'known', { dependencies: { zod: '1', '@switchboard/added': '*' } });
    await add('packages/other', 'other', { dependencies: { pg: '1' } });
    const product = { name: 'the app', result: 'dist/app.js', served: true };
    await add('apps/app', 'app', { product, dependencies: { '@switchboard/known': '*' }, devDependencies: { '@switchboard/other': '*' } });
    await add('packages/added', 'added', { dependencies: { ioredis: '1' } });
  });
  afterEach(async () => await rm(root, { recursive: true, force: true }));

  it('is needed by every workspace that depends on it, directly or indirectly', () => {
    const needed = neededWorkspaces(readWorkspaces(root), '@switchboard/app');
    expect(needed.map(({ folder }) => folder)).toEqual(['packages/added', 'packages/known']);
  });

  it('brings its external packages to the bundles that need it', () => {
    expect(externalPackages(readWorkspaces(root), '@switchboard/app')).toEqual(['ioredis', 'zod']);
  });

  it('is a source of the builds that need it', () => {
    expect(productTargets(root)).toMatchObject([
      { name: 'the app', workspace: 'apps/app', result: 'apps/app/dist/app.js', sources: ['apps/app', 'packages/added', 'packages/known'] },
    ]);
  });
});

describe('the workspaces of this repository', () => {
  it('produce these builds', () => {
    expect(productTargets(ROOT).map(({ workspace }) => workspace)).toEqual(['apps/cli', 'apps/relay', 'apps/web', 'apps/widget']);
  });

  it('make the command line stale when a package that it bundles changes', () => {
    expect(commandLineTarget(ROOT).sources).toEqual(expect.arrayContaining(['packages/tokens', 'packages/chat', 'packages/database']));
  });

  it('are transpiled by Next.js where the web app needs them', async () => {
    const { default: config } = await import('../apps/web/next.config.ts');
    const needed = neededWorkspaces(readWorkspaces(ROOT), '@switchboard/web').map(({ manifest }) => manifest.name);
    expect(config.transpilePackages).toEqual(needed);
    expect(needed).toContain('@switchboard/redis');
  });
});

it('the linter gives a workspace that no rule names the strictest boundaries', async () => {
  const { default: config } = await import('../oxlint.config.mjs');
  const rulesOf = (folder: string) => JSON.stringify(config.overrides.find(({ files }) => files[0] === `${folder}/**`)?.rules);
  const folders = readWorkspaces(ROOT).map(({ folder }) => folder);
  expect(folders.filter((folder) => rulesOf(folder) === undefined)).toEqual(['e2e']);
  for (const name of [
    '@prisma/*',
    '@switchboard/chat',
    '@switchboard/database',
    '@switchboard/tokens',
    'react',
    '@switchboard/client',
    'socket.io',
  ])
    expect(rulesOf('packages/redis')).toContain(`"${name}"`);
});
