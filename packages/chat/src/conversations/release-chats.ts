import { Prisma } from '@switchboard/database';

import type { OperatorActor, SystemActor } from '../actor.ts';
import type { Context } from '../context.ts';
import { audienceChanged, type Effect } from '../effects.ts';
import { writeEvent } from '../events/write-event.ts';
import { clientsSeenBy } from '../visible.ts';
import { withDatabase } from '../with-database.ts';

/** Conversations that one transaction changes. */
const PER_STEP = 50;

/** Whose chats: an operator's or a team's. */
export type Holder = { readonly assigneeId: number } | { readonly teamId: number };

/** Takes the open chats from their operator or team, each with an event, some in each transaction. @returns the effects on their conversations */
export async function releaseChats(
  ctx: Pick<Context, 'db' | 'log' | 'clock'>,
  actor: OperatorActor | SystemActor,
  holder: Holder,
): Promise<Effect[]> {
  const effects: Effect[] = [];
  let step: readonly Effect[];
  do {
    step = await withDatabase(
      ctx,
      async () => await ctx.db.prisma.$transaction(async (tx) => await releaseStep(tx, ctx.clock(), actor, holder)),
    );
    effects.push(...step);
  } while (step.length === PER_STEP);
  return effects;
}

interface Held {
  readonly id: number;
  readonly lastSeq: number;
  readonly address: string | null;
  readonly assigneeId: number | null;
  readonly assigneeName: string | null;
  readonly teamId: number | null;
  readonly teamName: string | null;
}

async function releaseStep(tx: Prisma.TransactionClient, now: Date, actor: OperatorActor | SystemActor, holder: Holder): Promise<Effect[]> {
  const [column, id] = 'assigneeId' in holder ? (['assigneeId', holder.assigneeId] as const) : (['teamId', holder.teamId] as const);
  const held = await tx.$queryRaw<Held[]>`
    SELECT c.id, c."lastSeq", c."assigneeId", u.name AS "assigneeName", c."teamId", t.name AS "teamName",
      (SELECT COALESCE(s."clientSocketId", s.id::text) FROM "ChatSession" s WHERE s."clientId" = c.id ORDER BY s."startedAt" DESC LIMIT 1) AS address
    FROM ${clientsSeenBy(actor)} LEFT JOIN "User" u ON u.id = c."assigneeId" LEFT JOIN "Team" t ON t.id = c."teamId"
    WHERE c.${Prisma.raw(`"${column}"`)} = ${id}::int AND c."chatOpenedAt" IS NOT NULL
    ORDER BY c.id LIMIT ${PER_STEP}::int FOR NO KEY UPDATE OF c`;
  await tx.client.updateMany({
    where: { id: { in: held.map((client) => client.id) } },
    data: { [column]: null, updatedAt: now },
  });
  for (const { id: clientId, assigneeId, assigneeName, teamId, teamName } of held) {
    const from = { assigneeId, assigneeName, teamId, teamName };
    const to = { ...from, ...(column === 'assigneeId' ? { assigneeId: null, assigneeName: null } : { teamId: null, teamName: null }) };
    await writeEvent(tx, actor, { clientId, kind: 'unassigned', at: now, from, to });
  }
  // Those who see them from now on, and those who saw them before, are notified.
  return held.map((client) => audienceChanged(client, { assigneeId: client.assigneeId, teamId: client.teamId, [column]: null }));
}
