import { isUniqueViolation } from '@switchboard/database';

import { startedEvent } from '../events/write-event.ts';
import { conversationNotFound } from '../refusals.ts';
import { requirePermission } from '../permissions.ts';
import { clientsSeenBy } from '../visible.ts';
import type { Actor, OperatorActor } from '../actor.ts';
import type { Context } from '../context.ts';
import { isUuid } from '../uuid.ts';
import { withDatabase } from '../with-database.ts';

export interface AdoptedSession {
  clientId: number;
  sessionId: string;
  username: string;
}

/**
 * Creates a conversation for the address of a visitor without a token (an old front-end). Idempotent by address, also for concurrent calls by several
 * operators. Where the address belongs to a conversation already, returns that conversation.
 *
 * @throws ChatError `unauthenticated`, `forbidden` for everybody but operators
 */
export async function adoptSession(
  ctx: Context,
  actor: Actor,
  input: { readonly clientSocketId: string; readonly username: string },
): Promise<AdoptedSession> {
  const operator = requirePermission(actor, 'session.adopt');
  return await withDatabase(ctx, async () => {
    const found = await findByAddress(ctx, operator, input.clientSocketId);
    if (found !== undefined) return found;
    try {
      return await create(ctx, operator, input);
    } catch (error) {
      if (!isUniqueViolation(error)) throw error;
      // Another operator's console created the row first.
      const theirs = await findByAddress(ctx, operator, input.clientSocketId);
      // It belongs to a conversation that this operator does not see.
      if (theirs === undefined) throw conversationNotFound();
      return theirs;
    }
  });
}

async function findByAddress(ctx: Context, operator: OperatorActor, address: string): Promise<AdoptedSession | undefined> {
  const rows = await ctx.db.prisma.$queryRaw<AdoptedSession[]>`
    SELECT s."clientId", s.id AS "sessionId", c.username FROM "ChatSession" s JOIN ${clientsSeenBy(operator)} ON c.id = s."clientId"
    WHERE s."clientSocketId" = ${address} OR s.id = ${isUuid(address) ? address : null}::uuid`;
  return rows[0];
}

async function create(
  ctx: Context,
  operator: OperatorActor,
  input: { readonly clientSocketId: string; readonly username: string },
): Promise<AdoptedSession> {
  const now = ctx.clock();
  const sessionId = ctx.ids();
  const { id, username } = await ctx.db.prisma.client.create({
    data: {
      username: input.username,
      createdAt: now,
      updatedAt: now,
      lastActivityAt: now,
      activitySeq: 1,
      events: { create: startedEvent(operator, now) },
      sessions: { create: { id: sessionId, clientSocketId: input.clientSocketId, startedAt: now, lastSeenAt: now } },
    },
    select: { id: true, username: true },
  });
  return { clientId: id, sessionId, username };
}
