import { Prisma } from '@switchboard/database';
import { MAX_VIEW_COUNT, type ConversationView, type SavedView, type SavedViewFilters, type ViewCount } from '@switchboard/protocol';

import type { Actor, OperatorActor } from '../actor.ts';
import type { Context } from '../context.ts';
import { requirePermission } from '../permissions.ts';
import { readSavedViews } from '../saved-views/saved-view.ts';
import { clientsSeenBy, operatorWithLimitedSight } from '../visible.ts';
import { withDatabase } from '../with-database.ts';
import { lookups, passes, type Lookups } from './filters.ts';
import { settleWaitingChats } from './settle-waiting.ts';
import { viewsOf, type Part } from './views.ts';
import { IS_OPEN_NOT_WAITING, IS_UNANSWERED } from './who-waits.ts';

/** Views that are counted among the open conversations. */
const COUNTED = ['waiting', 'mine', 'unassigned', 'open', 'snoozed'] as const satisfies readonly ConversationView[];

interface Counts {
  readonly views: number[];
  readonly teams: readonly { readonly team: number; readonly count: number }[];
  readonly mentions: number;
}

/**
 * How many conversations each view of the caller has: the fixed ones but `done` and `all`, those of their teams (of all teams for those who see every
 * conversation), and those that they have saved. Counting stops at `MAX_VIEW_COUNT` conversations that are open and wait, as many that do not, and as many with
 * mentions.
 *
 * @throws ChatError `unauthenticated`, `forbidden` for everybody but operators
 */
export async function countViews(ctx: Context, actor: Actor): Promise<ViewCount[]> {
  const operator = requirePermission(actor, 'conversation.list');
  return await withDatabase(ctx, async () => {
    await settleWaitingChats(ctx);
    const saved = (await readSavedViews(ctx, operator)).filter(({ filters }) => filters.view !== 'done' && filters.view !== 'all');
    const { views, teams, mentions } = await readCounts(ctx, operator, saved);
    const count = (index: number) => Math.min(views[index] ?? 0, MAX_VIEW_COUNT);
    return [
      ...COUNTED.map((view, index) => ({ view, count: count(index) })),
      { view: 'mentions' as const, count: mentions },
      ...teams.map(({ team, count: open }) => ({ view: 'team' as const, team, count: Math.min(open, MAX_VIEW_COUNT) })),
      ...saved.map(({ id, filters: { view } }, index) => ({ view, savedView: id, count: count(COUNTED.length + index) })),
    ];
  });
}

/** Reads the open conversations once, and counts all views of them. */
async function readCounts({ db: { prisma } }: Context, operator: OperatorActor, saved: readonly SavedView[]): Promise<Counts> {
  const { open } = viewsOf(operator);
  const { isUnread, tags } = lookups(operator);
  const needsUnread = saved.some(({ filters }) => filters.unread === true);
  const needsTags = saved.some(({ filters }) => filters.tag !== undefined);
  const seen = clientsSeenBy(operator);
  const counts = [...COUNTED.map((view) => countOf(operator, { view })), ...saved.map(({ filters }) => countOf(operator, filters))];
  // What has to be looked up comes after the conversations: beside its estimated cost, a scan of the whole table would look as cheap to the planner as an index.
  const [row] = await prisma.$queryRaw<Counts[]>`
    WITH found AS MATERIALIZED (
      (SELECT ${COLUMNS} FROM ${seen} WHERE ${IS_UNANSWERED} LIMIT ${MAX_VIEW_COUNT}::int)
      UNION ALL (SELECT ${COLUMNS} FROM ${seen} WHERE ${IS_OPEN_NOT_WAITING} LIMIT ${MAX_VIEW_COUNT}::int)
    ),
    open AS MATERIALIZED (
      SELECT c.*, ${needsUnread ? isUnread : Prisma.sql`NULL::boolean`} AS "isUnread", ${needsTags ? tags : Prisma.sql`NULL::int[]`} AS tags FROM found c
    ),
    per_team AS (SELECT c."teamId", count(*)::int AS count FROM open c WHERE ${rowsOf(open)} GROUP BY c."teamId")
    SELECT (SELECT ARRAY[${Prisma.join(counts)}] FROM open c) AS views, ${countOf(operator, { view: 'mentions' })} AS mentions, (
        SELECT COALESCE(jsonb_agg(jsonb_build_object('team', t.id, 'count', COALESCE(p.count, 0)) ORDER BY t.name, t.id), '[]')
        FROM "Team" t LEFT JOIN per_team p ON p."teamId" = t.id WHERE ${isListed(operator)}
      ) AS teams`;
  return row ?? { views: [], teams: [], mentions: 0 };
}

/** What the conditions of views and filters, and the lookups, need. */
const COLUMNS = Prisma.sql`c.id, c."waitingSince", c."blockedAt", c."doneAt", c."lastSeq", c."snoozedAt", c."snoozedUntil", c."assigneeId", c."teamId", c."inboxId",
  c."chatNumber", c."readBeforeSeq", c."operatorReadSeq"`;

/** Counts among the rows of `open`; those with mentions may be done, so they are read separately. */
function countOf(operator: OperatorActor, { view, ...filters }: SavedViewFilters): Prisma.Sql {
  const rows = rowsOf(viewsOf(operator)[view]);
  if (view !== 'mentions') return Prisma.sql`(count(*) FILTER (WHERE ${rows} AND ${passes(filters, LOOKED_UP)}))::int`;
  return Prisma.sql`(
    SELECT count(*)::int FROM (SELECT FROM ${clientsSeenBy(operator)} WHERE ${rows} AND ${passes(filters, lookups(operator))} LIMIT ${MAX_VIEW_COUNT}::int) m
  )`;
}

/** Columns of `open`, so that each conversation is looked up once for all saved views. */
const LOOKED_UP: Lookups = { isUnread: Prisma.sql`c."isUnread"`, tags: Prisma.sql`c.tags` };

function rowsOf(parts: readonly Part[]): Prisma.Sql {
  return Prisma.sql`(${Prisma.join(
    parts.map(({ rows }) => Prisma.sql`(${rows})`),
    ' OR ',
  )})`;
}

/** A condition: the team `t` is listed for the operator. */
function isListed(operator: OperatorActor): Prisma.Sql {
  const limited = operatorWithLimitedSight(operator);
  if (limited === null) return Prisma.sql`true`;
  return Prisma.sql`EXISTS (SELECT FROM "TeamMember" m WHERE m."teamId" = t.id AND m."userId" = ${limited}::int)`;
}
