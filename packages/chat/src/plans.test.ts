import { Prisma } from '@switchboard/database';
import { planOf, recordStatements, seed, type PlanNode } from '@switchboard/database/testing';
import { beforeAll, expect, it } from 'vitest';

import type { OperatorActor } from './actor.ts';
import { countUnanswered } from './count-unanswered.ts';
import { listRecentChats } from './list-recent-chats.ts';
import { markRead } from './mark-read.ts';
import { readHistory } from './read-history.ts';
import { readPage } from './read-page.ts';
import { chatFixture } from './testing/chat-fixture.ts';

const chat = chatFixture();
/** Enough that reading all of them instead of some would be chosen, and felt. */
const CLIENTS = 3_000;
const MESSAGES = 20;
/** What one call may look at in one step: a page or two, never a table. */
const MOST_ROWS = 1_000;
/** The one conversation that is long: an old and faithful customer. */
const LONG = 5_000;

let operator: OperatorActor;
let visitor: { kind: 'client'; clientId: number; sessionId: string };

beforeAll(async () => {
  operator = await chat.operator();
  visitor = await chat.visitor();
  const at = chat.now.toISOString();
  const tables = ['Client', 'ChatSession', 'ChatMessage', 'User'];
  await seed(chat.url, [
    Prisma.sql`INSERT INTO "Client" (username, "updatedAt", "lastSeq", "lastActivityAt", "unreadCount")
    SELECT 'x', now(), ${MESSAGES}::int, ${at}::timestamptz - n * interval '1 minute', 1 FROM generate_series(1, ${CLIENTS}::int) n`,
    Prisma.sql`INSERT INTO "ChatSession" (id, "clientId") SELECT gen_random_uuid(), id FROM "Client" WHERE id <> ${visitor.clientId}::int`,
    Prisma.sql`UPDATE "Client" SET "lastSeq" = ${LONG}::int, "unreadCount" = 3 WHERE id = ${visitor.clientId}::int`,
    Prisma.sql`INSERT INTO "ChatMessage" ("messageKey", "clientId", seq, "senderType", "messageType", text, "sessionId", "isRead", "createdAt", "updatedAt")
    SELECT gen_random_uuid(), c.id, n, (CASE n % 3 WHEN 0 THEN 'OPERATOR' ELSE 'CLIENT' END)::"MessageSenderType", 'TEXT', 'x', s.id::text,
      n <= c."lastSeq" - 3, ${at}::timestamptz - (c."lastSeq" - n) * interval '1 second', now()
    FROM "Client" c JOIN "ChatSession" s ON s."clientId" = c.id CROSS JOIN LATERAL generate_series(1, c."lastSeq") n`,
    ...tables.map((table) => Prisma.sql`VACUUM ANALYZE ${Prisma.raw(`"${table}"`)}`),
  ]);
});

const TABLES = new Set(['Client', 'ChatMessage', 'ChatSession']);

/** What a step did that a large database would make slow. */
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
  ['what comes after a number', async () => await readPage(chat.ctx, visitor, { afterSeq: LONG - 2, limit: 50 })],
  ['nothing new', async () => await readPage(chat.ctx, visitor, { afterSeq: LONG, limit: 50 })],
  ['the list of recent chats, with what is unread', async () => await listRecentChats(chat.ctx, operator)],
  [
    'its second page',
    async () => {
      const last = (await listRecentChats(chat.ctx, operator, { limit: 50 })).at(-1);
      const before = { lastActivityAt: last?.lastActivityAt ?? '', id: last?.client.id ?? 0 };
      return await listRecentChats(chat.ctx, operator, { limit: 50, before });
    },
  ],
  ['marking as read', async () => await markRead(chat.ctx, operator, { clientId: visitor.clientId })],
])('%s is found by its index, whatever else there is', async (_what, verb) => {
  const statements = await recordStatements(verb);
  expect(statements.length).toBeGreaterThan(0);
  const trouble: (string | undefined)[] = [];
  for (const statement of statements) {
    const plan = await planOf(chat.db, statement);
    expect(plan.some((node) => node['Index Name'] !== undefined)).toBe(true);
    trouble.push(...plan.map(troubleOf));
  }
  expect(trouble.filter((what) => what !== undefined)).toEqual([]);
});

it('who waits for an answer is counted among the newest, never among all', async () => {
  const statements = await recordStatements(async () => await countUnanswered(chat.ctx));
  const plan = (await Promise.all(statements.map(async (statement) => await planOf(chat.db, statement)))).flat();
  expect(plan.filter((node) => node['Node Type'] === 'Seq Scan' && node['Relation Name'] === 'ChatMessage')).toEqual([]);
});
