import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { build } from 'esbuild';
import { expect, it } from 'vitest';

import { ROOT } from './paths.mjs';

const run = async (...args: string[]) => await promisify(execFile)(process.execPath, args, { cwd: ROOT });

/** Makes the process report another version of Node. */
const asNode = (version: string) =>
  `data:text/javascript,Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${version}' } })`;

it('imports nothing that has to be installed or compiled first', async () => {
  const entryPoints = [join(ROOT, 'tooling/bootstrap.mjs')];
  const { metafile } = await build({
    entryPoints,
    bundle: true,
    write: false,
    metafile: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
  });
  const files = Object.keys(metafile.inputs);
  expect(files.length).toBeGreaterThan(10);
  expect(files.filter((file) => !file.endsWith('.mjs'))).toEqual([]);
  const external = Object.values(metafile.inputs).flatMap(({ imports }) => imports.filter((imported) => imported.external === true));
  expect(external.map(({ path }) => path).filter((path) => !path.startsWith('node:'))).toEqual([]);
});

it.each(['18.20.8', '20.18.3'])('refuses Node %s in one sentence', async (version) => {
  await expect(run('--import', asNode(version), 'tooling/bootstrap.mjs', 'help')).rejects.toMatchObject({
    code: 1,
    stderr: `Switchboard needs Node 20.19 or later; this is Node ${version} (${process.execPath}).\n`,
  });
});

it.each(['tooling/bootstrap.mjs', 'apps/cli/bin/bootstrap.mjs'])('lists the commands when started as %s', async (file) => {
  expect((await run(file, 'help')).stdout).toContain('npm run switchboard -- <command>');
});
