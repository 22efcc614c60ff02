import { createHash, randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';

import fc from 'fast-check';
import { expect, it } from 'vitest';

import { backUp, dump, addSampleData, createInstallation, restore } from '../testing/backups.ts';
import { BackupError, verifyBackup } from './index.ts';
import { TAR_END, tarBytes } from './tar.ts';

async function makeBackup() {
  const installation = await createInstallation();
  await addSampleData(installation, 30);
  const file = join(installation.folder, 'backup');
  await backUp(installation, file);
  return { installation, file, bytes: await readFile(file) };
}

it('a restore refuses a truncated or modified file before it changes anything', async () => {
  const { installation, bytes } = await makeBackup();
  const before = await dump(installation);
  const broken = join(installation.folder, 'broken');
  await fc.assert(
    fc.asyncProperty(fc.nat(bytes.length - 1), fc.nat(7), fc.boolean(), async (at, bit, cut) => {
      // Bytes 3 to 9 of gzip's header hold a time and the compressor, and the last byte before the 8 bytes of checksum and length may contain padding bits:
      // neither is part of the backup.
      fc.pre(cut || ((at < 3 || at > 9) && at !== bytes.length - 9));
      const changed = cut ? bytes.subarray(0, at) : Buffer.from(bytes);
      if (!cut) changed[at] = (changed[at] ?? 0) ^ (1 << bit);
      await writeFile(broken, changed);
      await expect(restore(installation, broken, true)).rejects.toThrow(
        /broken is not a complete backup of Switchboard .* Nothing was changed\./,
      );
    }),
    { numRuns: 150 },
  );
  expect(await dump(installation)).toEqual(before);
});

it('a restore refuses a file that is valid gzip with modified content', async () => {
  const { installation, bytes } = await makeBackup();
  const before = await dump(installation);
  const content = gunzipSync(bytes);
  const at = content.indexOf('message of Vera');
  content.write('M', at);
  const broken = join(installation.folder, 'broken');
  await writeFile(broken, gzipSync(content));
  await expect(restore(installation, broken, true)).rejects.toThrow('its checksum does not match');
  await writeFile(broken, gzipSync(Buffer.concat([gunzipSync(bytes), Buffer.from('more')])));
  await expect(restore(installation, broken, true)).rejects.toThrow('there is data after its end');
  expect(await dump(installation)).toEqual(before);
});

it.each(['', 'a letter', gzipSync('a letter'), randomBytes(5000), gzipSync(TAR_END)])(
  'a restore refuses a file that is not a backup',
  async (content) => {
    const installation = await createInstallation();
    const file = join(installation.folder, 'other');
    await writeFile(file, content);
    await expect(restore(installation, file)).rejects.toThrow(BackupError);
  },
);

/** An archive of these entries with a valid checksum, as an attacker could make it. */
async function forge(entries: readonly (readonly [name: string, content: string])[], end: object): Promise<Buffer> {
  const parts: Buffer[] = [];
  const add = async (name: string, content: string) => {
    const bytes = Buffer.from(content);
    for await (const part of tarBytes({ name, size: bytes.length, content: [bytes] }, new Date(0))) parts.push(part);
  };
  for (const [name, content] of entries) await add(name, content);
  const sha256 = createHash('sha256').update(Buffer.concat(parts)).digest('hex');
  await add('end.json', JSON.stringify({ ...end, sha256 }));
  return gzipSync(Buffer.concat([...parts, TAR_END]));
}

it.each(['uploads/../secrets.json', 'uploads//etc/passwd', 'uploads/a/../../b', 'uploads/.hidden', 'uploads/aa/..'])(
  'a restore writes no file to %s, whatever the backup contains',
  async (name) => {
    const { installation, file } = await makeBackup();
    const { manifest, end } = await verifyBackup(file);
    const forged = join(installation.folder, 'forged');
    const content = [
      ['manifest.json', JSON.stringify(manifest)],
      [name, 'mine'],
    ] as const;
    await writeFile(forged, await forge(content, { ...end, rows: {} }));
    const before = await dump(installation);
    await expect(restore(installation, forged, true)).rejects.toThrow('which is not a valid path for an upload');
    expect(await dump(installation)).toEqual(before);
  },
);

it('a restore refuses a table with fewer rows than announced', async () => {
  const { installation, file } = await makeBackup();
  const { manifest, end } = await verifyBackup(file);
  const forged = join(installation.folder, 'forged');
  const users = manifest.tables.find(({ name }) => name === 'User');
  const row = users?.columns.map(
    (column) =>
      ({ id: '9', emailVerified: 'f', role: 'OPERATOR', isSupervisor: 'f', capacity: '1', createdAt: 'now', updatedAt: 'now' })[column] ??
      'x',
  );
  const content = [
    ['manifest.json', JSON.stringify(manifest)],
    ['tables/User/000001', `${row?.join('\t')}\n`],
  ] as const;
  await writeFile(forged, await forge(content, { ...end, rows: { User: 2 } }));
  const before = await dump(installation);
  await expect(restore(installation, forged, true)).rejects.toThrow('Only 1 of the 2 rows of User in the backup could be read.');
  expect(await dump(installation)).toEqual(before);
});
