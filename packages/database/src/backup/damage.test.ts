import { createHash, randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';

import fc from 'fast-check';
import { expect, it } from 'vitest';

import { backUp, dump, furnish, makeHome, restore } from '../testing/backups.ts';
import { BackupError, verifyBackup } from './index.ts';
import { TAR_END, tarBytes } from './tar.ts';

async function makeBackup() {
  const home = await makeHome();
  await furnish(home, 30);
  const file = join(home.folder, 'backup');
  await backUp(home, file);
  return { home, file, bytes: await readFile(file) };
}

it('refuses a file that was cut off or changed anywhere, before anything is changed', async () => {
  const { home, bytes } = await makeBackup();
  const before = await dump(home);
  const broken = join(home.folder, 'broken');
  await fc.assert(
    fc.asyncProperty(fc.nat(bytes.length - 1), fc.nat(7), fc.boolean(), async (at, bit, cut) => {
      // Bytes 3 to 9 of gzip's header say when and by whom it was packed, and the last byte before its 8 bytes of checksum and length may be filled up with
      // bits that mean nothing: nothing of that is in the backup.
      fc.pre(cut || ((at < 3 || at > 9) && at !== bytes.length - 9));
      const changed = cut ? bytes.subarray(0, at) : Buffer.from(bytes);
      if (!cut) changed[at] = (changed[at] ?? 0) ^ (1 << bit);
      await writeFile(broken, changed);
      await expect(restore(home, broken, true)).rejects.toThrow(/broken is not a whole backup of Switchboard .* Nothing was changed\./);
    }),
    { numRuns: 150 },
  );
  expect(await dump(home)).toEqual(before);
});

it('refuses one whose packing is right and whose content is not', async () => {
  const { home, bytes } = await makeBackup();
  const before = await dump(home);
  const content = gunzipSync(bytes);
  const at = content.indexOf('message of Vera');
  content.write('M', at);
  const broken = join(home.folder, 'broken');
  await writeFile(broken, gzipSync(content));
  await expect(restore(home, broken, true)).rejects.toThrow('its checksum does not fit');
  await writeFile(broken, gzipSync(Buffer.concat([gunzipSync(bytes), Buffer.from('more')])));
  await expect(restore(home, broken, true)).rejects.toThrow('something follows its end');
  expect(await dump(home)).toEqual(before);
});

it.each(['', 'a letter', gzipSync('a letter'), randomBytes(5000), gzipSync(TAR_END)])(
  'refuses what is no backup at all',
  async (content) => {
    const home = await makeHome();
    const file = join(home.folder, 'other');
    await writeFile(file, content);
    await expect(restore(home, file)).rejects.toThrow(BackupError);
  },
);

/** An archive of these entries with a checksum that fits, as an attacker may make it. */
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
  'writes no file to %s, whatever a backup says',
  async (name) => {
    const { home, file } = await makeBackup();
    const { manifest, end } = await verifyBackup(file);
    const forged = join(home.folder, 'forged');
    const content = [
      ['manifest.json', JSON.stringify(manifest)],
      [name, 'mine'],
    ] as const;
    await writeFile(forged, await forge(content, { ...end, rows: {} }));
    const before = await dump(home);
    await expect(restore(home, forged, true)).rejects.toThrow('which is no place for an upload');
    expect(await dump(home)).toEqual(before);
  },
);

it('refuses rows that end before their number is reached', async () => {
  const { home, file } = await makeBackup();
  const { manifest, end } = await verifyBackup(file);
  const forged = join(home.folder, 'forged');
  const users = manifest.tables.find(({ name }) => name === 'User');
  const row = users?.columns.map(
    (column) => ({ id: '9', emailVerified: 'f', role: 'OPERATOR', createdAt: 'now', updatedAt: 'now' })[column] ?? 'x',
  );
  const content = [
    ['manifest.json', JSON.stringify(manifest)],
    ['tables/User/000001', `${row?.join('\t')}\n`],
  ] as const;
  await writeFile(forged, await forge(content, { ...end, rows: { User: 2 } }));
  const before = await dump(home);
  await expect(restore(home, forged, true)).rejects.toThrow('Of the 2 rows of User in the backup only 1 could be read.');
  expect(await dump(home)).toEqual(before);
});
