import { Prisma } from '@switchboard/database';
import { planOf, recordStatements, seed, type PlanNode } from '@switchboard/database/testing';
import { beforeAll, expect, it } from 'vitest';

import { SYSTEM, type OperatorActor } from './actor.ts';
import { findChats, listRecentChats } from './conversations/list-recent-chats.ts';
import { markDone } from './conversations/mark-done.ts';
import { markRead } from './receipts/mark-read.ts';
import { readHistory } from './messages/read-history.ts';
import { readPage } from './messages/read-page.ts';
import { settleWaiting } from './conversations/settle-waiting.ts';
import { chatFixture } from './testing/chat-fixture.ts';

const chat = chatFixture();
/** Enough that a sequential scan would be visibly worse than an index. */
const CLIENTS = 3_000;
const MESSAGES = 20;
/** Most rows that one step of a plan may read: a page or two, never a table. */
const MOST_ROWS = 1_000;
/** Messages of the one long conversation. */
const LONG = 5_000;

let operator: OperatorActor;
let visitor: { kind: 'visitor'; clientId: number; sessionId: string };

beforeAll(async () => {
  operator = await chat.operator();
  visitor = await chat.visitor();
  const at = chat.now.toISOString();
  const tables = ['Client', 'ChatSession', 'ChatMessage', 'User', 'Chat'];
  await seed(chat.url, [
    // A third waits, a third does not, a third is done; every hundredth is blocked.
    Prisma.sql`INSERT INTO "Client" (username, "updatedAt", "lastSeq", "waitingSeq", "readBeforeSeq", "lastActivityAt", "unreadCount", "waitingSince", "doneAt", "blockedAt")
    SELECT 'x', now(), ${MESSAGES}::int, ${MESSAGES}::int, ${MESSAGES - 3}::int, at, 1, CASE n % 3 WHEN 0 THEN at END, CASE n % 3 WHEN 1 THEN at END, CASE n % 100 WHEN 0 THEN at END
    FROM generate_series(1, ${CLIENTS}::int) n CROSS JOIN LATERAL (SELECT ${at}::timestamptz - n * interval '1 minute' AS at) time`,
    Prisma.sql`INSERT INTO "ChatSession" (id, "clientId") SELECT gen_random_uuid(), id FROM "Client" WHERE id <> ${visitor.clientId}::int`,
    Prisma.sql`UPDATE "Client" SET "lastSeq" = ${LONG}::int, "waitingSeq" = ${LONG}::int, "unreadCount" = 3 WHERE id = ${visitor.clientId}::int`,
    Prisma.sql`INSERT INTO "ChatMessage" ("messageKey", "clientId", seq, "senderType", "messageType", text, "sessionId", "isRead", "createdAt", "updatedAt")
    SELECT gen_random_uuid(), c.id, n, (CASE n % 3 WHEN 0 THEN 'OPERATOR' ELSE 'CLIENT' END)::"MessageSenderType", 'TEXT', 'x', s.id::text,
      n <= c."lastSeq" - 3, ${at}::timestamptz - (c."lastSeq" - n) * interval '1 second', now()
    FROM "Client" c JOIN "ChatSession" s ON s."clientId" = c.id CROSS JOIN LATERAL generate_series(1, c."lastSeq") n`,
    Prisma.sql`UPDATE "Client" SET "chatNumber" = 1, "chatOpenedAt" = CASE WHEN "doneAt" IS NULL THEN "lastActivityAt" END`,
    Prisma.sql`INSERT INTO "Chat" ("clientId", number, "firstSeq", "openedAt", "closedAt", "lastSeq")
      SELECT id, 1, 1, "lastActivityAt", "doneAt", CASE WHEN "doneAt" IS NOT NULL THEN "lastSeq" END FROM "Client"`,
    ...tables.map((table) => Prisma.sql`VACUUM ANALYZE ${Prisma.raw(`"${table}"`)}`),
  ]);
});

const TABLES = new Set(['Client', 'ChatMessage', 'ChatSession', 'Chat']);

/** Why a step would be slow in a large database; undefined if it would not. */
function troubleOf(node: PlanNode): string | undefined {
  const rows = node['Actual Rows'] * node['Actual Loops'];
  const what = `${node['Node Type']}${node['Relation Name'] === undefined ? '' : ` of ${node['Relation Name']}`}: ${rows} rows`;
  if (node['Node Type'] === 'Seq Scan' && TABLES.has(node['Relation Name'] ?? '')) return what;
  return rows > MOST_ROWS ? what : undefined;
}

it.each<[string, () => Promise<unknown>]>([
  ['a history', async () => await readHistory(chat.ctx, operator, { clientId: visitor.clientId })],
  [
    'a history of one session',
    async () => await readHistory(chat.ctx, operator, { clientId: visitor.clientId, sessionId: visitor.sessionId }),
  ],
  ['the newest page', async () => await readPage(chat.ctx, operator, { clientId: visitor.clientId, limit: 50 })],
  ['a page in the middle', async () => await readPage(chat.ctx, operator, { clientId: visitor.clientId, beforeSeq: 2_500, limit: 50 })],
  ['a page after a number', async () => await readPage(chat.ctx, visitor, { afterSeq: LONG - 2, limit: 50 })],
  ['an empty page after the last number', async () => await readPage(chat.ctx, visitor, { afterSeq: LONG, limit: 50 })],
  ['the list of recent chats, with unread counts', async () => await listRecentChats(chat.ctx, operator)],
  [
    'the second page of recent chats',
    async () => {
      const last = (await listRecentChats(chat.ctx, operator, { limit: 50 })).at(-1);
      const before = { lastActivityAt: last?.lastActivityAt ?? '', id: last?.client.id ?? 0 };
      return await listRecentChats(chat.ctx, operator, { limit: 50, before });
    },
  ],
  ['conversations by their ids', async () => await findChats(chat.ctx, operator, { ids: [1, 2, visitor.clientId] })],
  [
    'conversations by their visitors’ addresses',
    async () => await findChats(chat.ctx, operator, { addresses: [visitor.sessionId, 'a socket'] }),
  ],
  ['marking as done', async () => await markDone(chat.ctx, operator, { clientId: visitor.clientId, done: true })],
  ['unmarking as done', async () => await markDone(chat.ctx, operator, { clientId: visitor.clientId, done: false })],
  ['marking as read', async () => await markRead(chat.ctx, operator, { clientId: visitor.clientId })],
])('%s is read by an index, however large the tables are', async (_what, verb) => {
  // An event is inserted under a number that it has by now, so that it can't be inserted again.
  const statements = (await recordStatements(verb)).filter(({ text }) => !/^\s*INSERT INTO "ConversationEvent"/.test(text));
  expect(statements.length).toBeGreaterThan(0);
  const trouble: (string | undefined)[] = [];
  for (const statement of statements) {
    const plan = await planOf(chat.db, statement);
    expect(plan.some((node) => node['Index Name'] !== undefined || node['Conflict Arbiter Indexes'] !== undefined)).toBe(true);
    trouble.push(...plan.map(troubleOf));
  }
  expect(trouble.filter((what) => what !== undefined)).toEqual([]);
});

it('conversations saved by a version without the waiting columns are found by an index of them alone', async () => {
  await chat.db.prisma
    .$executeRaw`UPDATE "Client" SET "waitingSeq" = 0 WHERE id IN (SELECT id FROM "Client" ORDER BY "lastActivityAt" DESC LIMIT 150)`;
  const statements = await recordStatements(async () => void (await settleWaiting(chat.ctx, SYSTEM)));
  const plans = await Promise.all(statements.map(async (statement) => await planOf(chat.db, statement)));
  expect(plans[0]?.map((node) => node['Index Name'])).toContain('idx_clients_unsettled');
  const [look, lock, settle] = plans;
  // PostgreSQL may choose any plan for the hundred rows themselves; their messages must be read by an index.
  const messages = settle?.filter((node) => node['Relation Name'] !== 'Client');
  expect([look, lock, messages].flatMap((plan) => plan?.map(troubleOf).filter((what) => what !== undefined))).toEqual([]);
  expect(await settleWaiting(chat.ctx, SYSTEM)).toBe(false);
});
