import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, it } from 'vitest';

import { ROOT } from '../../root.ts';
import { checkNodeVersion } from './node-version.ts';

it('requires the same version of Node as package.json, tooling/bootstrap.mjs and the documents', async () => {
  const { engines } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as { engines: { node: string } };
  const [major = 0, minor = 0] = engines.node.replace('>=', '').split('.').map(Number);
  expect(checkNodeVersion(`${major}.${minor}.0`)).toMatchObject({ status: 'ok' });
  expect(checkNodeVersion(`${major}.${minor - 1}.9`)).toMatchObject({ status: 'fail' });
  expect(checkNodeVersion(`${major + 4}.0.0`)).toMatchObject({ status: 'ok' });
  const oldest = `${major}.${minor} or later`;
  for (const file of ['tooling/bootstrap.mjs', 'README.md', 'docs/deployment.md', 'CONTRIBUTING.md'])
    expect(await readFile(join(ROOT, file), 'utf8'), file).toContain(oldest);
});
