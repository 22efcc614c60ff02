import { Prisma } from '@switchboard/database';
import type { ConversationView } from '@switchboard/protocol';

import type { OperatorActor } from '../actor.ts';
import { IS_OPEN_NOT_WAITING, IS_WAITING, NOT_SNOOZED } from './who-waits.ts';

/** An ordered part of a view: its conversations `c`, and the column that orders them. */
export interface Part {
  /** Begins the cursors of this part. No two parts of a view have the same. */
  readonly letter: string;
  readonly rows: Prisma.Sql;
  readonly column: Prisma.Sql;
  readonly newestFirst: boolean;
}

const ACTIVITY = Prisma.sql`c."lastActivityAt"`;

const WAITING: Part = { letter: 'w', rows: IS_WAITING, column: Prisma.sql`c."waitingSince"`, newestFirst: false };
const NOT_WAITING: Part = { letter: 'r', rows: Prisma.sql`${IS_OPEN_NOT_WAITING} AND ${NOT_SNOOZED}`, column: ACTIVITY, newestFirst: true };
const IS_SNOOZED = Prisma.sql`c."snoozedAt" IS NOT NULL AND c."doneAt" IS NULL`;
const UNTIL: Part = {
  letter: 's',
  rows: Prisma.sql`${IS_SNOOZED} AND c."snoozedUntil" IS NOT NULL`,
  column: Prisma.sql`c."snoozedUntil"`,
  newestFirst: false,
};
const UNTIL_A_MESSAGE: Part = {
  letter: 't',
  rows: Prisma.sql`${IS_SNOOZED} AND c."snoozedUntil" IS NULL`,
  column: Prisma.sql`c."snoozedAt"`,
  newestFirst: false,
};
const DONE: Part = { letter: 'd', rows: Prisma.sql`c."doneAt" IS NOT NULL`, column: Prisma.sql`c."doneAt"`, newestFirst: true };
const ALL: Part = { letter: 'a', rows: Prisma.sql`true`, column: ACTIVITY, newestFirst: true };

/**
 * The views of an operator: which conversations each has, in which order. Those who wait are first where a view has others, too. `team` is `open`, for the filter
 * of that name. Counts (`count-views.ts`) use the same conditions.
 */
export function viewsOf({ userId }: Pick<OperatorActor, 'userId'>): Readonly<Record<ConversationView, readonly Part[]>> {
  const open = (more: Prisma.Sql) => [only(WAITING, more), only(NOT_WAITING, more)];
  return {
    waiting: [WAITING],
    mine: open(Prisma.sql`c."assigneeId" = ${userId}::int`),
    unassigned: open(Prisma.sql`c."assigneeId" IS NULL`),
    open: [WAITING, NOT_WAITING],
    team: [WAITING, NOT_WAITING],
    snoozed: [UNTIL, UNTIL_A_MESSAGE],
    done: [DONE],
    mentions: [{ letter: 'm', rows: isMentioned(userId), column: ACTIVITY, newestFirst: true }],
    all: [ALL],
  };
}

function only(part: Part, more: Prisma.Sql): Part {
  return { ...part, rows: Prisma.sql`${part.rows} AND ${more}` };
}

/** The array makes PostgreSQL look these few conversations up instead of checking all of them in their order. */
function isMentioned(userId: number): Prisma.Sql {
  return Prisma.sql`c.id = ANY(ARRAY(SELECT n."clientId" FROM "Mention" n WHERE n."userId" = ${userId}::int AND n."seenAt" IS NULL))`;
}
