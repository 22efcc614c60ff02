import { Prisma } from '@switchboard/database';
import { planOf, recordStatements, seed, type PlanNode } from '@switchboard/database/testing';
import { CONVERSATION_VIEWS, type ConversationView } from '@switchboard/protocol';
import { beforeAll, expect, it } from 'vitest';

import { SYSTEM, type OperatorActor } from '../actor.ts';
import { createSavedView } from '../saved-views/create-saved-view.ts';
import { chatFixture } from '../testing/chat-fixture.ts';
import { countUnanswered } from './count-unanswered.ts';
import { countViews } from './count-views.ts';
import { listView, type ViewQuery } from './list-view.ts';

const chat = chatFixture();
const OPEN = 5_000;
const DONE = 100_000;
const OPERATORS = 20;
let operator: OperatorActor;
let ids: { readonly team: number; readonly inbox: number; readonly tag: number };

beforeAll(async () => {
  const { prisma } = chat.db;
  operator = await chat.operator('Ada', 'ADMIN');
  await prisma.user.createMany({
    data: Array.from({ length: OPERATORS - 1 }, (_, index) => ({ name: 'x', email: `${index}@example.org` })),
  });
  await prisma.team.createMany({ data: Array.from({ length: 5 }, (_, index) => ({ name: `Team ${index}` })) });
  const [team, inbox, tag] = await Promise.all([
    prisma.team.findFirstOrThrow(),
    prisma.inbox.findFirstOrThrow(),
    prisma.tag.create({ data: { name: 'x', nameKey: 'x' } }),
  ]);
  ids = { team: team.id, inbox: inbox.id, tag: tag.id };
  const now = Prisma.sql`${chat.now.toISOString()}::timestamptz`;
  await seed(chat.url, [
    // The newest are open: a quarter waits, a sixteenth is snoozed. A third of all is nobody's.
    Prisma.sql`INSERT INTO "Client" (username, "updatedAt", "lastSeq", "waitingSeq", "readBeforeSeq", "lastActivityAt", "waitingSince", "doneAt", "chatNumber", "chatOpenedAt",
      "assigneeId", "teamId", "snoozedAt", "snoozedUntil")
    SELECT 'x', now(), 2, 2, 1, at, CASE WHEN n <= ${OPEN}::int AND n % 4 = 0 THEN at END, CASE WHEN n > ${OPEN}::int THEN at END, 1,
      CASE WHEN n <= ${OPEN}::int THEN at END, CASE WHEN n % 3 > 0 THEN ${operator.userId}::int + n % ${OPERATORS}::int END, ${team.id}::int + n % 5,
      CASE WHEN n <= ${OPEN}::int AND n % 16 = 1 THEN at END, CASE WHEN n <= ${OPEN}::int AND n % 32 = 1 THEN at + interval '1 day' END
    FROM generate_series(1, ${OPEN + DONE}::int) n CROSS JOIN LATERAL (SELECT ${now} - n * interval '1 minute' AS at) time`,
    Prisma.sql`INSERT INTO "Chat" ("clientId", number, "firstSeq", "openedAt", "closedAt") SELECT id, 1, 1, "lastActivityAt", "doneAt" FROM "Client"`,
    Prisma.sql`INSERT INTO "ChatTag" ("chatId", "tagId") SELECT id, ${tag.id}::int FROM "Chat" WHERE id % 10 = 0`,
    Prisma.sql`INSERT INTO "ChatMessage" ("messageKey", "clientId", seq, "senderType", "messageType", text, "updatedAt")
    SELECT gen_random_uuid(), id, n, 'CLIENT', 'TEXT', 'x', now() FROM "Client" CROSS JOIN generate_series(1, 2) n`,
    Prisma.sql`INSERT INTO "ConversationRead" ("clientId", "userId", "readSeq", "readAt") SELECT id, ${operator.userId}::int, 2, now() FROM "Client" WHERE id % 2 = 0`,
    Prisma.sql`INSERT INTO "Note" ("noteKey", "clientId", "activitySeq", "chatNumber", "authorName", text, "createdAt")
    SELECT gen_random_uuid(), id, 1, 1, 'x', 'x', now() FROM "Client" WHERE id % 1000 = 0`,
    Prisma.sql`INSERT INTO "Mention" ("noteId", "userId", "clientId") SELECT id, ${operator.userId}::int, "clientId" FROM "Note"`,
    ...['Client', 'Chat', 'ChatTag', 'ChatMessage', 'ConversationRead', 'Note', 'Mention', 'User', 'Team'].map(
      (table) => Prisma.sql`VACUUM ANALYZE ${Prisma.raw(`"${table}"`)}`,
    ),
  ]);
});

const LARGE = new Set(['Client', 'Chat', 'ChatTag', 'ChatMessage', 'ConversationRead']);

/** Why a step would be slower the more conversations are done; undefined if it would not. */
function troubleOf(node: PlanNode): string | undefined {
  const rows = (node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0)) * node['Actual Loops'];
  const what = `${node['Node Type']} ${node['Index Name'] ?? ''} of ${node['Relation Name'] ?? '?'}: ${rows} rows`;
  if (node['Node Type'] === 'Seq Scan' && LARGE.has(node['Relation Name'] ?? '')) return what;
  return rows > OPEN ? what : undefined;
}

/** The plans of the statements that `work` sends. */
async function plansOf(work: () => Promise<unknown>): Promise<PlanNode[]> {
  const plans = [];
  for (const statement of await recordStatements(work)) plans.push(await planOf(chat.db, statement));
  return plans.flat();
}

/** The indexes that hold just the rows of a view, in its order. Without one, those of open conversations are read and sorted. */
const ORDERED: Partial<Record<ConversationView, readonly string[]>> = {
  waiting: ['idx_clients_waiting'],
  mine: ['idx_clients_waiting', 'idx_clients_mine'],
  open: ['idx_clients_waiting', 'idx_clients_not_waiting'],
  done: ['idx_clients_done'],
  all: ['idx_clients_last_activity'],
};

it.each(CONVERSATION_VIEWS)('reading the view %s costs no more the more conversations are done', async (view) => {
  const query: ViewQuery = { view, team: view === 'team' ? ids.team : undefined };
  const plan: PlanNode[] = [];
  // The last page, too, which has to find out that it is the last one.
  const pages = view === 'done' || view === 'all' ? 2 : Infinity;
  for (let [cursor, page]: [string | undefined, number] = [undefined, 0]; page < pages; page += 1) {
    let next: string | null = null;
    plan.push(
      ...(await plansOf(async () => ({ nextCursor: next } = await listView(chat.ctx, operator, { ...query, limit: 200, cursor })))),
    );
    if (next === null) break;
    cursor = next;
  }
  expect(plan.map(troubleOf).filter((what) => what !== undefined)).toEqual([]);
  const indexes = plan
    .flatMap((node) => node['Index Name'] ?? [])
    .filter((name) => name.startsWith('idx_clients') && !name.includes('unsettled'));
  expect(new Set(indexes)).toEqual(new Set(ORDERED[view] ?? indexes));
});

it.each([
  ['team', () => ({ team: ids.team + 1 })],
  ['operator', () => ({ assignee: operator.userId + 2 })],
  ['operator without any', () => ({ assignee: operator.userId + OPERATORS })],
  ['tag', () => ({ tag: ids.tag })],
  ['inbox', () => ({ inbox: ids.inbox })],
  ['unread messages', () => ({ unread: true as const })],
])('neither does reading the open ones of one %s', async (_what, filters) => {
  for (const view of ['open', 'waiting', 'mine', 'snoozed', 'mentions'] as const) {
    const plan = await plansOf(async () => await listView(chat.ctx, operator, { view, ...filters() }));
    expect(
      plan.map(troubleOf).filter((what) => what !== undefined),
      view,
    ).toEqual([]);
  }
});

it('neither does counting, with saved views of every kind', async () => {
  const saved = [{ team: ids.team }, { tag: ids.tag }, { inbox: ids.inbox, unread: true as const }];
  for (const [index, filters] of saved.entries())
    await createSavedView(chat.ctx, operator, { name: `view ${index}`, filters: { view: 'open', ...filters } });
  const plan = await plansOf(async () => await countViews(chat.ctx, operator));
  expect(plan.map(troubleOf).filter((what) => what !== undefined)).toEqual([]);
});

it('unanswered conversations are counted by an index of them alone', async () => {
  const plan = await plansOf(async () => await countUnanswered(chat.ctx, SYSTEM));
  expect(plan.flatMap((node) => node['Index Name'] ?? [])).toEqual(['idx_clients_waiting']);
  expect(plan.filter((node) => /Sort|Seq Scan/.test(node['Node Type']))).toEqual([]);
});
