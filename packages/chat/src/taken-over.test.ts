import { randomUUID } from 'node:crypto';

import { migrate, migrationsFolder, openDatabase, type Database } from '@switchboard/database';
import { createEmptyDatabase, installGuide } from '@switchboard/database/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { SYSTEM, type OperatorActor } from './actor.ts';
import { adoptSession } from './visitors/adopt-session.ts';
import type { Context } from './context.ts';
import { createOperator } from './operators/create-operator.ts';
import { listRecentChats } from './conversations/list-recent-chats.ts';
import { listOperators } from './operators/list-operators.ts';
import { setOperatorPassword } from './operators/set-operator-password.ts';
import { markRead } from './receipts/mark-read.ts';
import { readHistory } from './messages/read-history.ts';
import { readPage } from './messages/read-page.ts';
import { createMessageSaver } from './messages/saving/message-saver.ts';
import { startSession } from './visitors/start-session.ts';

const NOW = new Date('2026-11-20T12:00:00.000Z');
const quiet = { debug() {}, info() {}, warn() {}, error() {} };

describe.each(['plain', 'grown'] as const)('after the migration of an installation of the original guide (%s)', (kind) => {
  const operator: OperatorActor = { kind: 'operator', userId: 1, name: 'Ana', role: 'ADMIN' };
  let db: Database;
  let ctx: Context;

  beforeAll(async () => {
    const url = await createEmptyDatabase();
    await installGuide(url, { kind, history: true });
    await migrate(url, migrationsFolder());
    db = openDatabase({ url, applicationName: 'taken over' });
    ctx = { db, clock: () => NOW, ids: randomUUID, log: quiet, signUpload: (path) => path };
  });
  afterAll(async () => await db.close());

  it('the list has the old conversations with their counters and their visitors’ addresses', async () => {
    const chats = await listRecentChats(ctx, operator);
    const known = chats.filter(({ client }) => client.id !== 7);
    expect(
      known.map(({ client, lastMessage, unreadCount }) => [client.username, client.status, client.address, lastMessage?.seq, unreadCount]),
    ).toEqual([
      ['Vera', 'ACTIVE', 'sock-B', 5, 2],
      // Counted up to a hundred.
      ['Ömer', 'ENDED', 'sock-C', 301, 100],
    ]);
    expect(known[0]?.client.phone).toBe('+1 555 0100');
  });

  it('pages and history have every message with its time, picture and operator’s name', async () => {
    const page = await readPage(ctx, operator, { clientId: 1, limit: 100 });
    expect(
      page.messages.map(({ seq, createdAt, operatorName, imageUrl, isRead }) => [
        seq,
        createdAt,
        operatorName?.toLowerCase() ?? null,
        imageUrl,
        isRead,
      ]),
    ).toEqual([
      [1, '2024-01-01T09:00:00.000Z', 'bo', null, true],
      [2, '2024-01-01T10:00:00.123Z', null, null, true],
      [3, '2024-01-01T10:01:00.000Z', 'ana', null, false],
      [4, '2024-07-01T12:00:00.000Z', null, 'data:image/png;base64,iVBORw0KGgo=', false],
      [5, '2024-07-01T12:00:00.000Z', null, 'https://cdn.example/b.jpg', false],
    ]);
    const long = await readPage(ctx, operator, { clientId: 2, afterSeq: 0, limit: 100 });
    expect([long.messages.length, long.hasMore, long.lastSeq]).toEqual([100, true, 301]);
    expect(await readHistory(ctx, operator, { clientId: 1, limit: 100 })).toHaveLength(5);
  });

  it('a visitor is found by their old socket id, and conversations continue with the next number', async () => {
    expect(await adoptSession(ctx, operator, { clientSocketId: 'sock-A', username: 'somebody' })).toMatchObject({
      clientId: 1,
      username: 'Vera',
    });
    const saver = createMessageSaver(ctx);
    const save = async (clientId: number) =>
      await saver.save(operator, [{ messageKey: randomUUID(), messageType: 'TEXT', text: 'we are back', clientId }]);
    expect((await save(1)).messages.map(({ seq }) => seq)).toEqual([6]);
    expect((await save(2)).messages.map(({ seq }) => seq)).toEqual([302]);
    const marked = await markRead(ctx, operator, { clientId: 1 });
    expect(marked.count).toBe(2);
  });

  it('new visitors can start chats, also with a known telephone number, and operators can be given passwords', async () => {
    const started = await startSession(ctx, { kind: 'anonymous' }, { username: 'Vera again', phone: '+1 555 0100' });
    expect(started.clientId).toBeGreaterThan(7);
    expect((await listOperators(ctx, SYSTEM)).items.map(({ maySignIn }) => maySignIn)).toEqual([false, false]);
    await setOperatorPassword(ctx, SYSTEM, { email: 'Ana@x.example' }, 'a long enough password');
    await createOperator(ctx, SYSTEM, { email: 'new@x.example', name: 'New', password: 'a long enough password' });
    expect((await listOperators(ctx, SYSTEM)).items.filter(({ maySignIn }) => maySignIn).map(({ email, role }) => [email, role])).toEqual([
      ['ana@x.example', 'ADMIN'],
      ['new@x.example', 'OPERATOR'],
    ]);
  });
});
