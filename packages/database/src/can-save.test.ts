import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { openDatabase, type Database } from './database.ts';
import { createTestDatabase } from './testing/index.ts';
import { isUnavailable } from './unavailable.ts';

let database: Database;
let url: string;

beforeEach(async () => {
  ({ database, url } = await createTestDatabase());
});
afterEach(async () => await database.close());

const run = async (sql: string) => await database.prisma.$executeRawUnsafe(sql);

describe('canSave', () => {
  it('resolves where messages can be saved, and changes nothing', async () => {
    const epoch = async () => await database.prisma.$queryRaw`SELECT * FROM "Installation"`;
    const before = await epoch();
    await database.canSave();
    expect(await epoch()).toEqual(before);
    await run('DELETE FROM "Installation"');
    await database.canSave();
    expect(await epoch()).toEqual([]);
  });

  it.each([
    ['chat_messages_client_seq_key', /"ChatMessage" \(clientId, seq\)/],
    ['chat_messages_key_per_side_key', /"ChatMessage" \(clientId, messageKey, senderType\)/],
    ['ChatSession_clientSocketId_key', /"ChatSession" \(clientSocketId\)/],
  ])('rejects without the unique key %s, and names it', async (index, name) => {
    await run(`DROP INDEX "${index}"`);
    await expect(database.canSave()).rejects.toThrow(name);
  });

  it('treats an invalid unique index as missing', async () => {
    await run('DROP INDEX "chat_messages_client_seq_key"');
    await run(`INSERT INTO "Client" (id, username, "updatedAt") VALUES (1, 'Vera', now())`);
    await run(`INSERT INTO "ChatMessage" ("messageKey", "clientId", seq, "senderType", "messageType", text, "updatedAt")
      SELECT gen_random_uuid(), 1, 1, 'CLIENT', 'TEXT', 'twice', now() FROM generate_series(1, 2)`);
    await expect(run('CREATE UNIQUE INDEX CONCURRENTLY "i" ON "ChatMessage" ("clientId", "seq")')).rejects.toThrow(/unique index/);
    await expect(database.canSave()).rejects.toThrow(/clientId, seq/);
  });

  it('rejects on a read-only database', async () => {
    const name = new URL(url).pathname.slice(1);
    await run(`ALTER DATABASE "${name}" SET default_transaction_read_only = on`);
    const readOnly = openDatabase({ url, applicationName: 'read only' });
    await readOnly.ping();
    await expect(readOnly.canSave()).rejects.toThrow(/read-only/);
    await readOnly.close();
  });

  it('rejects as unavailable where the server can’t write a file, as on a full disk', async () => {
    // The server's limit for temporary files: its error has the same class as that of a full disk, which a test can't cause everywhere.
    const name = new URL(url).pathname.slice(1);
    await run(`ALTER DATABASE "${name}" SET temp_file_limit = '64kB'`);
    const full = openDatabase({ url, applicationName: 'full' });
    await full.ping();
    const error: unknown = await full.canSave().catch((reason: unknown) => reason);
    expect(isUnavailable(error), String(error)).toBe(true);
    await full.close();
  });
});
