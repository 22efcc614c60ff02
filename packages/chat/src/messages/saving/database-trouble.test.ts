import { openDatabase, type Database } from '@switchboard/database';
import { FaultyProxy } from '@switchboard/database/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';

import type { Context } from '../../context.ts';
import { readPage } from '../read-page.ts';
import { chatFixture, codeOf, text } from '../../testing/chat-fixture.ts';
import { createMessageSaver } from './message-saver.ts';

const chat = chatFixture();
let proxy: FaultyProxy;
let database: Database;
let ctx: Context;

beforeAll(async () => {
  proxy = await FaultyProxy.open(chat.url);
  database = openDatabase({ url: proxy.url, applicationName: 'cut-me' });
  ctx = { ...chat.ctx, db: database };
});
afterAll(async () => {
  await database.close();
  await proxy.close();
});

it('fails as unavailable when its backend ends during the save, and the retry saves the messages once', async () => {
  const visitor = await chat.visitor();
  const saver = createMessageSaver(ctx);
  const messages = [text('a'), text('b')];
  // The client's row is held, so that the save is under way for certain when its backend is ended.
  const refused = await chat.db.prisma.$transaction(async (tx) => {
    await tx.$queryRaw`SELECT 1 FROM "Client" WHERE id = ${visitor.clientId} FOR UPDATE`;
    const save = codeOf(saver.save(visitor, messages));
    await expect
      .poll(
        async () =>
          await chat.db.prisma.$queryRaw`
            SELECT pg_terminate_backend(pid) AS ended FROM pg_stat_activity
            WHERE application_name = 'cut-me' AND datname = current_database() AND wait_event_type = 'Lock'`,
      )
      .toEqual([{ ended: true }]);
    return await save;
  });
  expect(refused).toBe('unavailable');
  expect(await chat.messages(visitor.clientId)).toHaveLength(0);
  const saved = await saver.save(visitor, messages);
  expect(saved.messages.map(({ seq, duplicate }) => [seq, duplicate])).toEqual([
    [1, false],
    [2, false],
  ]);
  await saver.close();
});

it('answers a retry with the existing row when the first answer was lost after the commit', async () => {
  const visitor = await chat.visitor();
  const saver = createMessageSaver(ctx);
  const message = text('a');
  // The first one opens the chat, for which saving needs more than one transaction.
  await saver.save(visitor, [text('first')]);
  proxy.cutAtAnswer('COMMIT'); // PostgreSQL's answer to COMMIT carries the word: the commit is done, and its answer is lost.
  expect(await codeOf(saver.save(visitor, [message]))).toBe('unavailable');
  const [, row] = await chat.messages(visitor.clientId);
  expect(row?.messageKey).toBe(message.messageKey);
  const again = await saver.save(visitor, [message]);
  expect(again.messages).toMatchObject([{ id: row?.id, seq: 2, duplicate: true }]);
  expect(await chat.client(visitor.clientId)).toMatchObject({ lastSeq: 2, unreadCount: 2 });
  await saver.close();
});

it('saves nothing when the connection breaks during the insert, and every request of the group can be retried', async () => {
  const [a, b] = await chat.companions();
  const saver = createMessageSaver(ctx);
  const [first, second] = [text('only the insert holds this'), text('b')];
  const inserting = proxy.sent(first.text!);
  const saves = Promise.all([codeOf(saver.save(a, [first])), codeOf(saver.save(b, [second]))]);
  await inserting;
  proxy.cut();
  expect(await saves).toEqual(['unavailable', 'unavailable']);
  await Promise.all([saver.save(a, [first]), saver.save(b, [second])]);
  for (const { clientId } of [a, b]) {
    expect((await chat.messages(clientId)).map(({ seq }) => seq)).toEqual([1]);
    expect(await chat.client(clientId)).toMatchObject({ lastSeq: 1, unreadCount: 1 });
  }
  await saver.close();
});

it('limits the whole time of a request: waiting for an earlier transaction counts, too', async () => {
  const [held, other, apart] = await chat.companions();
  const saver = createMessageSaver(ctx, { maxWaitMs: 300 });
  const [stuck, behind] = [text('stuck'), text('behind')];
  // As long as the row is held neither can be saved; both are answered before it is let go.
  const refused = await chat.db.prisma.$transaction(async (tx) => {
    await tx.$queryRaw`SELECT 1 FROM "Client" WHERE id = ${held.clientId} FOR UPDATE`;
    const first = codeOf(saver.save(held, [stuck]));
    await expect
      .poll(
        async () =>
          await chat.db.prisma
            .$queryRaw`SELECT 1 AS waits FROM pg_stat_activity WHERE application_name = 'cut-me' AND wait_event_type = 'Lock'`,
      )
      .toEqual([{ waits: 1 }]);
    return await Promise.all([first, codeOf(saver.save(other, [behind])), codeOf(saver.save(apart, [text('beside')]))]);
  });
  // A held row delays requests of its partition only.
  expect(refused).toEqual(['unavailable', 'unavailable', 'resolved']);
  // What was under way is committed once, however often it is asked for; what waited was never begun.
  await expect.poll(async () => (await chat.messages(held.clientId)).length).toBe(1);
  expect(await chat.messages(other.clientId)).toEqual([]);
  expect((await saver.save(held, [stuck])).messages).toMatchObject([{ seq: 1, duplicate: true }]);
  expect((await saver.save(other, [behind])).messages).toMatchObject([{ seq: 1, duplicate: false }]);
  expect(saver.state()).toEqual({ queued: 0 });
  await saver.close();
});

it('answers unavailable with a retry delay while the database is away', async () => {
  const visitor = await chat.visitor();
  const away = openDatabase({ url: 'postgresql://nobody:x@127.0.0.1:1/none', applicationName: 'away' });
  const awayCtx = { ...chat.ctx, db: away };
  const saver = createMessageSaver(awayCtx);
  await expect(saver.save(visitor, [text('a')])).rejects.toMatchObject({ code: 'unavailable', detail: { retryAfterSeconds: 2 } });
  await expect(readPage(awayCtx, visitor, { limit: 1 })).rejects.toMatchObject({ code: 'unavailable', detail: { retryAfterSeconds: 2 } });
  await saver.close();
  await away.close();
});
