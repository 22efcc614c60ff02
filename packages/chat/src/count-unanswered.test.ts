import { Prisma } from '@switchboard/database';
import { beforeEach, expect, it } from 'vitest';

import type { Context } from './context.ts';
import { countUnanswered } from './count-unanswered.ts';
import { endChat } from './end-chat.ts';
import { markRead } from './mark-read.ts';
import { createMessageSaver } from './save-messages/message-saver.ts';
import { chatFixture, NOW, text } from './testing/chat-fixture.ts';

const chat = chatFixture();
const DAY = 24 * 60 * 60;
const at = (seconds: number) => {
  chat.now = new Date(NOW.getTime() + seconds * 1_000);
};
beforeEach(async () => {
  await chat.db.prisma.client.updateMany({ data: { status: 'ENDED' } });
  at(0);
});

it('is zero when nobody waits', async () => {
  await chat.visitor();
  expect(await countUnanswered(chat.ctx)).toEqual({ count: 0, oldestSeconds: 0 });
});

it('counts those in which the visitor has said the last word, from the first message without an answer', async () => {
  const saver = createMessageSaver(chat.ctx);
  const operator = await chat.operator();
  const [waiting, answered, patient] = [await chat.visitor(), await chat.visitor(), await chat.visitor()];
  await saver.save(answered, [text('Hello?')]);
  await saver.save(waiting, [text('Hello?')]);
  await saver.save(operator, [text('Hi', { clientId: waiting.clientId }), text('Hi', { clientId: answered.clientId })]);
  at(10);
  await saver.save(waiting, [text('and'), text('another thing')]);
  at(30);
  await saver.save(waiting, [text('Are you there?')]);
  await saver.save(patient, [text('Hello?')]);
  at(40);
  expect(await countUnanswered(chat.ctx)).toEqual({ count: 2, oldestSeconds: 30 });
  // To have read it is not to have answered.
  await markRead(chat.ctx, operator, { clientId: waiting.clientId });
  expect(await countUnanswered(chat.ctx)).toEqual({ count: 2, oldestSeconds: 30 });
  await saver.save(operator, [text('Here I am', { clientId: waiting.clientId })]);
  expect(await countUnanswered(chat.ctx)).toEqual({ count: 1, oldestSeconds: 10 });
});

it('does not count who has left, nor who has waited for more than a week', async () => {
  const saver = createMessageSaver(chat.ctx);
  const [gone, forgotten] = [await chat.visitor(), await chat.visitor()];
  await saver.save(gone, [text('Never mind')]);
  await saver.save(forgotten, [text('Hello?')]);
  await endChat(chat.ctx, gone);
  expect(await countUnanswered(chat.ctx)).toMatchObject({ count: 1 });
  at(6 * DAY);
  expect(await countUnanswered(chat.ctx)).toEqual({ count: 1, oldestSeconds: 6 * DAY });
  at(8 * DAY);
  expect(await countUnanswered(chat.ctx)).toEqual({ count: 0, oldestSeconds: 0 });
});

it('looks for the first message without an answer among the last 200', async () => {
  const saver = createMessageSaver(chat.ctx);
  const visitor = await chat.visitor();
  for (let part = 0; part < 3; part += 1) {
    at(part * 60);
    await saver.save(
      visitor,
      Array.from({ length: 100 }, () => text('?')),
    );
  }
  expect(await countUnanswered(chat.ctx)).toEqual({ count: 1, oldestSeconds: 60 });
});

it('finds everything by an index, however many conversations there are', async () => {
  await chat.db.prisma.$executeRaw`
    INSERT INTO "Client" (username, "updatedAt", "lastActivityAt", "lastSeq")
    SELECT 'many', now(), ${NOW.toISOString()}::timestamptz - g * interval '1 s', 3 FROM generate_series(1, 5000) g`;
  await chat.db.prisma.$executeRaw`
    INSERT INTO "ChatMessage" ("messageKey", "clientId", seq, "senderType", "messageType", text, "updatedAt", "createdAt")
    SELECT gen_random_uuid(), c.id, s, 'CLIENT', 'TEXT', 'hello', now(), c."lastActivityAt"
    FROM "Client" c, generate_series(1, 3) s WHERE c.username = 'many'`;
  await chat.db.prisma.$executeRaw`ANALYZE`;
  const plan = await planOf(async (ctx) => await countUnanswered(ctx));
  expect(plan).toContain('idx_clients_last_activity');
  expect(plan).toContain('chat_messages_client_seq_key');
  expect(plan).not.toMatch(/Seq Scan|Hash|Sort/);
});

/** How PostgreSQL would do what `work` asks of it. */
async function planOf(work: (ctx: Context) => Promise<unknown>): Promise<string> {
  const lines: string[] = [];
  const { prisma } = chat.db;
  const $queryRaw = async ([first = '', ...others]: TemplateStringsArray, ...values: unknown[]) => {
    const rows = await prisma.$queryRaw<{ 'QUERY PLAN': string }[]>(Prisma.sql([`EXPLAIN ${first}`, ...others], ...values));
    lines.push(...rows.map((row) => row['QUERY PLAN']));
    return [];
  };
  await work({ ...chat.ctx, db: { ...chat.db, prisma: { $queryRaw } as unknown as typeof prisma } });
  return lines.join('\n');
}
