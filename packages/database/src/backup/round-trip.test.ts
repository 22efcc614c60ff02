import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import fc from 'fast-check';
import { expect, it } from 'vitest';

import {
  backUp,
  dump,
  addSampleData,
  createInstallation,
  putFile,
  query,
  restore,
  temporaryFolder,
  withClient,
  type TestInstallation,
} from '../testing/backups.ts';

/** Any text that PostgreSQL can store: no NUL, no lone surrogates. */
const anyText = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 60 }),
  fc.string({
    unit: fc.constantFrom('\\', '\n', '\r', '\t', '"', "'", '\b', '\v', '\f', 'N', '.', '\u{1F600}', '\u202E', '\u2028', '\uFEFF', 'x', ''),
  }),
  fc.constantFrom('', String.raw`\N`, String.raw`\.`, '\\.\n', 'ü'.repeat(100_000), '\u0001\u007F'),
);
const text = anyText.map((value) => value.replaceAll('\0', ''));
const time = fc
  .date({ min: new Date('0001-01-02T00:00:00Z'), max: new Date('9999-12-30T00:00:00Z'), noInvalidDate: true })
  .map((date) => date.toISOString());
const visitor = fc.record({
  username: text,
  phone: fc.option(text),
  endedAt: fc.option(time),
  messages: fc.array(fc.record({ text: fc.option(text), sentAt: time }), { maxLength: 5 }),
});

async function keep(
  installation: TestInstallation,
  visitors: readonly (typeof visitor extends fc.Arbitrary<infer T> ? T : never)[],
): Promise<void> {
  await withClient(installation, async (client) => {
    for (const { username, phone, endedAt, messages } of visitors) {
      const { rows } = await client.query<{ id: number }>(
        `INSERT INTO "Client" (username, phone, "endedAt", "lastSeq", "updatedAt") VALUES ($1, $2, $3, $4, now()) RETURNING id`,
        [username, phone, endedAt, messages.length],
      );
      for (const [index, message] of messages.entries())
        await client.query(
          `INSERT INTO "ChatMessage" ("messageKey", "clientId", seq, "senderType", "messageType", text, "createdAt", "updatedAt")
           VALUES ($1, $2, $3, 'CLIENT', 'TEXT', $4, $5, now())`,
          [randomUUID(), rows[0]?.id, index + 1, message.text, message.sentAt],
        );
    }
  });
}

/** Adds a setting that the operator has changed twice, with its history. */
async function addSetting(installation: TestInstallation): Promise<void> {
  await query(
    installation,
    `INSERT INTO "Setting" (key, value, version, "updatedAt", "updatedById") SELECT 'widget.sites', '["https://shop.example"]', 2, now(), max(id) FROM "User"`,
  );
  await query(
    installation,
    `INSERT INTO "SettingChange" (key, version, "byId", "from", "to")
     SELECT key, n, "updatedById", CASE n WHEN 2 THEN '[]'::jsonb END, CASE n WHEN 1 THEN '[]' ELSE value END FROM "Setting", generate_series(1, 2) AS n`,
  );
}

/** All rows, except those that a restore changes on purpose: sessions and the epoch. */
async function contents(installation: TestInstallation): Promise<Record<string, string[]>> {
  const { AuthSession: _sessions, Installation: _epoch, ...rest } = await dump(installation);
  return rest;
}

it('a restore reproduces every row of every table, whatever it contains', async () => {
  const folder = await temporaryFolder();
  await fc.assert(
    fc.asyncProperty(fc.array(visitor, { minLength: 1, maxLength: 6 }), async (visitors) => {
      const [before, after] = [await createInstallation(), await createInstallation('bare')];
      await addSampleData(before, 3);
      await keep(before, visitors);
      await addSetting(before);
      const file = join(folder, randomUUID());
      await backUp(before, file);
      await restore(after, file);
      expect(await contents(after)).toEqual(await contents(before));
      expect((await contents(after))['SettingChange']?.filter(Boolean)).toHaveLength(2);
    }),
    { numRuns: 8 },
  );
});

it('a restore reproduces upload files, and counts missing ones', async () => {
  const [before, after] = [await createInstallation(), await createInstallation()];
  const key = await addSampleData(before);
  await query(
    before,
    `INSERT INTO "Upload" SELECT gen_random_uuid(), "clientId", NULL, 'aa/gone.webp', name, "mimeType", 1, 1, 1 FROM "Upload"`,
  );
  await putFile(before, 'nobody names this one');
  const file = join(before.folder, 'backup');
  expect(await backUp(before, file)).toMatchObject({ uploads: { files: 1, missing: 1 }, missing: ['aa/gone.webp'] });
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect(existsSync(`${file}.part`)).toBe(false);
  expect(await restore(after, file)).toMatchObject({
    missingUploads: 1,
    restored: { operators: 1, conversations: 1, messages: 3, uploads: 2 },
  });
  expect(await readFile(join(after.uploads, key), 'utf8')).toBe('picture of Vera');
  const modes = await Promise.all(['.', dirname(key), key].map(async (path) => (await stat(join(after.uploads, path))).mode & 0o777));
  expect(modes).toEqual([0o700, 0o700, 0o600]);
  expect(existsSync(`${after.uploads}.restore`)).toBe(false);
});

it('a backup is a consistent snapshot, whatever is written meanwhile', async () => {
  const [before, after] = [await createInstallation(), await createInstallation()];
  await query(before, `INSERT INTO "Client" (username, "updatedAt") SELECT 'v' || n, now() FROM generate_series(1, 4) AS n`);
  // Saves like the web app: the number is assigned under the row lock, in the message's transaction.
  const save = `WITH numbered AS (UPDATE "Client" SET "lastSeq" = "lastSeq" + 1 WHERE id = $1 RETURNING id, "lastSeq")
    INSERT INTO "ChatMessage" ("messageKey", "clientId", seq, "senderType", "messageType", text, "updatedAt")
    SELECT gen_random_uuid(), id, "lastSeq", 'CLIENT', 'TEXT', repeat('long ', 2000), now() FROM numbered`;
  const stop = new AbortController();
  let saved = 0;
  const writers = [1, 2, 3, 4].map(
    async (id) =>
      await withClient(before, async (client) => {
        for (; !stop.signal.aborted; saved += 1) await client.query(save, [id]);
      }),
  );
  await expect.poll(() => saved).toBeGreaterThan(200);
  const at = saved;
  const file = join(before.folder, 'backup');
  const { rows } = await backUp(before, file);
  // Without writers during the backup this test would prove nothing.
  await expect.poll(() => saved).toBeGreaterThan(at);
  stop.abort();
  await Promise.all(writers);
  await restore(after, file);
  const counts = await query<{ ok: boolean }>(
    after,
    `SELECT "lastSeq" = count(seq) AND "lastSeq" = max(seq) AS ok FROM "Client" JOIN "ChatMessage" ON "clientId" = "Client".id GROUP BY "Client".id`,
  );
  expect(counts).toEqual([{ ok: true }, { ok: true }, { ok: true }, { ok: true }]);
  expect(await query(after, `SELECT count(*)::int AS messages FROM "ChatMessage"`)).toEqual([{ messages: rows.ChatMessage }]);
});
