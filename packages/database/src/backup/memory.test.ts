import { Writable } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';

import { expect, it } from 'vitest';

import { migrationsFolder } from '../migrations/folder.ts';
import { addSampleData, createInstallation, query, withClient } from '../testing/backups.ts';
import { BUFFERED_BYTES, copyIn, CopyOut } from './copy.ts';
import { listMigrations, writeBackup } from './index.ts';
import { PART_BYTES } from './write.ts';

const ROWS = 40_000;
/** The size of the table, in bytes: many times what may be held in memory. */
const TOTAL = ROWS * 1000;
const generated = `COPY (SELECT n, repeat('x', 1000) FROM generate_series(1, ${ROWS}) AS n) TO STDOUT`;
/** The system may still deliver this many bytes at once after the stream was paused. */
const SLACK = 512 * 1024;

it('a slow reader makes the server wait instead of filling memory', async () => {
  const installation = await createInstallation('bare');
  await withClient(installation, async (client) => {
    const copy = new CopyOut(generated);
    client.query(copy);
    let read = 0;
    for await (const block of copy.blocks()) {
      read += block.length;
      await turn();
    }
    expect(read).toBeGreaterThan(TOTAL);
    expect(copy.peakBytes).toBeLessThan(BUFFERED_BYTES + SLACK);
  });
});

it('a slow server makes the source wait instead of filling memory', async () => {
  const installation = await createInstallation('bare');
  await withClient(installation, async (client) => {
    await client.query('CREATE TABLE kept (id INTEGER, text TEXT)');
    const { connection } = client as unknown as { connection: { stream: Writable } };
    let [sent, peak] = [0, 0];
    const source = (async function* make() {
      for (let n = 0; n < ROWS; n += 1) {
        yield Buffer.from(`${n}\t${'x'.repeat(1000)}\n`);
        sent += 1000;
        peak = Math.max(peak, connection.stream.writableLength);
      }
      await Promise.resolve();
    })();
    expect(await copyIn(client, 'COPY kept FROM STDIN', source)).toBe(ROWS);
    expect(sent).toBe(TOTAL);
    expect(peak).toBeLessThan(BUFFERED_BYTES + SLACK);
  });
});

it('a backup holds at most a part of a table in memory, however slow the disk is', async () => {
  const installation = await createInstallation();
  await addSampleData(installation);
  await query(
    installation,
    `INSERT INTO "ChatMessage" ("messageKey", "clientId", seq, "senderType", "messageType", text, "updatedAt")
     SELECT gen_random_uuid(), (SELECT min(id) FROM "Client"), n + 10, 'CLIENT', 'TEXT', repeat('long', 1000), now() FROM generate_series(1, 8000) AS n`,
  );
  const sink = new Writable({ highWaterMark: 1, write: (_chunk, _encoding, done) => void setImmediate(done) });
  const knownMigrations = await listMigrations(migrationsFolder());
  const { peakBytes, rows } = await writeBackup({ ...installation, version: '1', knownMigrations, sink });
  expect((rows.ChatMessage ?? 0) * 4000).toBeGreaterThan(5 * PART_BYTES);
  expect(peakBytes).toBeLessThan(PART_BYTES + BUFFERED_BYTES + 2 * SLACK);
});
