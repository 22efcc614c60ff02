import { Prisma } from '@switchboard/database';
import { beforeAll, expect, it } from 'vitest';

import { SYSTEM, type OperatorActor } from '../actor.ts';
import { findChats } from './list-recent-chats.ts';
import { createMessageSaver } from '../messages/saving/message-saver.ts';
import { settleWaiting } from './settle-waiting.ts';
import { chatFixture, NOW, text } from '../testing/chat-fixture.ts';

const chat = chatFixture();
const at = (seconds: number) => new Date(NOW.getTime() + seconds * 1_000);
let operator: OperatorActor;
beforeAll(async () => {
  operator = await chat.operator();
});

/** Saves as a version does that knows nothing of who waits: `v` for the visitor, `o` for an operator, one second after the other. */
async function saveAsBefore(clientId: number, order: string, from = 0): Promise<void> {
  const { lastSeq } = await chat.client(clientId);
  await chat.db.prisma.chatMessage.createMany({
    data: order.split('').map((side, index) => ({
      messageKey: crypto.randomUUID(),
      clientId,
      seq: lastSeq + index + 1,
      senderType: side === 'v' ? ('CLIENT' as const) : ('OPERATOR' as const),
      messageType: 'TEXT' as const,
      text: side,
      createdAt: at(from + index),
      updatedAt: NOW,
    })),
  });
  await chat.db.prisma.client.update({ where: { id: clientId }, data: { lastSeq: lastSeq + order.length, lastActivityAt: at(from) } });
}
const settled = async (clientId: number) => {
  while (await settleWaiting(chat.ctx, SYSTEM));
  const { waitingSince, doneAt, waitingSeq, lastSeq } = await chat.client(clientId);
  expect(waitingSeq).toBe(lastSeq);
  return { waitingSince, doneAt };
};

it.each<[string, number | null]>([
  ['v', 0],
  ['vvv', 0],
  ['vo', null],
  ['vovv', 2],
  ['o', null],
  [`o${'v'.repeat(300)}`, 101],
])('of a conversation from before the column was there: %s', async (order, first) => {
  const { clientId } = await chat.visitor();
  await saveAsBefore(clientId, order);
  expect(await settled(clientId)).toEqual({ waitingSince: first === null ? null : at(first), doneAt: null });
});

it('nobody waits in a conversation that has been quiet for a month', async () => {
  const { clientId } = await chat.visitor();
  await saveAsBefore(clientId, 'v', -31 * 24 * 60 * 60);
  expect(await settled(clientId)).toEqual({ waitingSince: null, doneAt: null });
});

it.each<[string, string, string, number | null]>([
  ['a question after an answer', 'vo', 'v', 100],
  ['an answer', 'v', 'o', null],
  ['one more question', 'v', 'v', 0],
  ['an answer and a question', 'v', 'vov', 102],
])('into which another version has saved %s', async (_what, before, meanwhile, first) => {
  const visitor = await chat.visitor();
  const { clientId } = visitor;
  const saver = createMessageSaver(chat.ctx);
  const save = async (side: string, sentAt: Date) =>
    await saver.save(operator, [text(side, { clientId, senderType: side === 'v' ? 'CLIENT' : 'OPERATOR', sentAt: sentAt.toISOString() })]);
  chat.now = at(1_000);
  for (const [index, side] of before.split('').entries()) await save(side, at(index));
  await saveAsBefore(clientId, meanwhile, 100);
  expect(await settled(clientId)).toEqual({ waitingSince: first === null ? null : at(first), doneAt: null });
  // And the same when this version saves on top of that before anybody has looked.
  await saveAsBefore(clientId, 'ov', 200);
  await save('v', at(300));
  expect(await settled(clientId)).toEqual({ waitingSince: at(201), doneAt: null });
  await saveAsBefore(clientId, 'v', 400);
  await save('o', at(500));
  expect(await settled(clientId)).toEqual({ waitingSince: null, doneAt: null });
  chat.now = NOW;
});

it('a visitor’s message reopens a done conversation, an operator’s does not, whichever version saves it', async () => {
  const { clientId } = await chat.visitor();
  await saveAsBefore(clientId, 'v');
  await settled(clientId);
  await chat.db.prisma.client.update({ where: { id: clientId }, data: { doneAt: NOW, waitingSince: null } });
  await saveAsBefore(clientId, 'o', 10);
  expect(await settled(clientId)).toEqual({ waitingSince: null, doneAt: NOW });
  await saveAsBefore(clientId, 'vo', 20);
  expect(await settled(clientId)).toEqual({ waitingSince: null, doneAt: null });
});

it('settles all conversations in steps, newest activity first, and several processes do not wait for one another', async () => {
  await chat.db.prisma.$executeRaw`
    WITH c AS (
      INSERT INTO "Client" (username, "updatedAt", "lastActivityAt", "lastSeq")
      SELECT 'many', now(), ${NOW.toISOString()}::timestamptz - g * interval '1 s', 1 FROM generate_series(1, 250) g RETURNING id, "lastActivityAt"
    )
    INSERT INTO "ChatMessage" ("messageKey", "clientId", seq, "senderType", "messageType", text, "updatedAt", "createdAt")
    SELECT gen_random_uuid(), id, 1, 'CLIENT', 'TEXT', 'hello', now(), "lastActivityAt" FROM c`;
  const left = async () => {
    const [row] = await chat.db.prisma.$queryRaw<{ count: number; waiting: number }[]>`
      SELECT count(*) FILTER (WHERE "waitingSeq" <> "lastSeq")::int AS count, count("waitingSince")::int AS waiting FROM "Client" WHERE username = 'many'`;
    return row;
  };
  expect(await settleWaiting(chat.ctx, SYSTEM)).toBe(true);
  expect(await left()).toEqual({ count: 150, waiting: 100 });
  await Promise.all([settleWaiting(chat.ctx, SYSTEM), settleWaiting(chat.ctx, SYSTEM)]);
  while (await settleWaiting(chat.ctx, SYSTEM));
  expect(await left()).toEqual({ count: 0, waiting: 250 });
  const newest = await chat.db.prisma.client.findFirstOrThrow({ where: { username: 'many' }, orderBy: { lastActivityAt: 'desc' } });
  expect(newest.waitingSince).toEqual(newest.lastActivityAt);
});

it('lists can be read while settling fails', async () => {
  const { clientId } = await chat.visitor();
  await saveAsBefore(clientId, 'v');
  const $transaction = async () => await Promise.reject(new Prisma.PrismaClientUnknownRequestError('read only', { clientVersion: '0' }));
  const prisma = Object.create(chat.db.prisma, { $transaction: { value: $transaction } }) as typeof chat.db.prisma;
  const ctx = { ...chat.ctx, db: { ...chat.db, prisma } };
  expect(await settleWaiting(ctx, SYSTEM)).toBe(false);
  expect(await findChats(ctx, operator, { ids: [clientId] })).toMatchObject([{ client: { id: clientId, waitingSince: null } }]);
});
