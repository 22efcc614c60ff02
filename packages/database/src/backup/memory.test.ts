import { Writable } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';

import { expect, it } from 'vitest';

import { migrationsFolder } from '../migrations/folder.ts';
import { furnish, makeHome, query, withClient } from '../testing/backups.ts';
import { BUFFERED_BYTES, copyIn, CopyOut } from './copy.ts';
import { listMigrations, writeBackup } from './index.ts';
import { PART_BYTES } from './write.ts';

const ROWS = 40_000;
/** All that is read of the table, in bytes: many times what may lie in memory. */
const TOTAL = ROWS * 1000;
const generated = `COPY (SELECT n, repeat('x', 1000) FROM generate_series(1, ${ROWS}) AS n) TO STDOUT`;
/** What the system may hand over in one piece after it was told to wait. */
const SLACK = 512 * 1024;

it('makes the server wait for a slow reader, instead of gathering what it sends', async () => {
  const home = await makeHome('bare');
  await withClient(home, async (client) => {
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

it('waits for a slow server, instead of gathering what is to be sent', async () => {
  const home = await makeHome('bare');
  await withClient(home, async (client) => {
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

it('holds a part of a table at most, however slowly the disk takes it', async () => {
  const home = await makeHome();
  await furnish(home);
  await query(
    home,
    `INSERT INTO "ChatMessage" ("messageKey", "clientId", seq, "senderType", "messageType", text, "updatedAt")
     SELECT gen_random_uuid(), (SELECT min(id) FROM "Client"), n + 10, 'CLIENT', 'TEXT', repeat('long', 1000), now() FROM generate_series(1, 8000) AS n`,
  );
  const sink = new Writable({ highWaterMark: 1, write: (_chunk, _encoding, done) => void setImmediate(done) });
  const knownMigrations = await listMigrations(migrationsFolder());
  const { peakBytes, rows } = await writeBackup({ ...home, version: '1', knownMigrations, sink });
  expect((rows.ChatMessage ?? 0) * 4000).toBeGreaterThan(5 * PART_BYTES);
  expect(peakBytes).toBeLessThan(PART_BYTES + BUFFERED_BYTES + 2 * SLACK);
});
