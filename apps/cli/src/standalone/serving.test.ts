import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { temporaryFolder } from '../testing/run-start.ts';
import { noteServing, servingProcess } from './serving.mjs';

describe('a record that this clone is being served', () => {
  it('counts while its process runs', async () => {
    const root = await temporaryFolder();
    expect(servingProcess(root)).toBeUndefined();
    await mkdir(join(root, '.cache/serving'), { recursive: true });
    await writeFile(join(root, '.cache/serving/4711'), JSON.stringify({ pid: process.pid, started: 'long ago' }));
    expect(servingProcess(root)).toBeUndefined();
    const end = noteServing(root);
    expect(servingProcess(root)).toBe(process.pid);
    end();
    expect(servingProcess(root)).toBeUndefined();
  });
});
