import { Prisma } from '@switchboard/database';

import type { Queryable } from '../visible.ts';
import type { Actor } from '../actor.ts';
import type { Context } from '../context.ts';
import { requirePermission } from '../permissions.ts';
import { withDatabase } from '../with-database.ts';

/** The longest life of a relay token, and a minute for clocks that differ. An older revocation has no effect. Milliseconds. */
const KEPT_MS = (24 * 60 + 1) * 60_000;

/** "No relay token of this person from before `at` counts": an operator who was signed out, removed or given another role, a visitor who was blocked. */
export interface Revocation {
  readonly role: 'client' | 'operator';
  /** The id of the visitor's or the operator's row. */
  readonly id: number;
  readonly at: Date;
  /** A visitor's address on the relay, null when it is unknown. A visitor without a token can be found only by it. */
  readonly address?: string | null | undefined;
}

/** Longer than any transaction takes. Milliseconds. */
const LONGEST_TRANSACTION_MS = 60_000;

type OwnContext = Pick<Context, 'db' | 'log'>;

/**
 * Stores a revocation, so that a relay that cannot be reached now gets it later: the web app sends those of the last 24 hours to every relay that comes back.
 * It replaces an earlier one for the same person and address.
 *
 * @throws ChatError `forbidden` for everybody but the installation, `unavailable`
 */
export async function recordRevocation(ctx: OwnContext, actor: Actor, revocation: Revocation): Promise<void> {
  requirePermission(actor, 'revocation.record');
  await withDatabase(ctx, async () => await ctx.db.prisma.$executeRaw(insertRevocation(revocation)));
}

/** The same inside the transaction of the verb that revokes, so that both are committed or neither. */
export async function writeRevocation(tx: Queryable, revocation: Revocation): Promise<void> {
  await tx.$executeRaw(insertRevocation(revocation));
}

/** Revocations, and the time to pass on to get those that are recorded later. */
interface RevocationList {
  readonly revocations: readonly Revocation[];
  /** By the clock of the database; undefined when there was none. */
  readonly recordedUntil: Date | undefined;
}

/**
 * The revocations that may still have an effect at `now`, the oldest first: all, or those recorded since a minute before `recordedAfter`. The minute is for
 * transactions, whose rows become visible when they end.
 *
 * @throws ChatError `forbidden` for everybody but the installation, `unavailable`
 */
export async function listRevocations(ctx: OwnContext, actor: Actor, now: Date, recordedAfter?: Date): Promise<RevocationList> {
  requirePermission(actor, 'revocation.list');
  const at = { gte: new Date(now.getTime() - KEPT_MS) };
  const createdAt = { gte: new Date((recordedAfter?.getTime() ?? 0) - LONGEST_TRANSACTION_MS) };
  const rows = await withDatabase(
    ctx,
    async () =>
      await ctx.db.prisma.revocation.findMany({ where: recordedAfter === undefined ? { at } : { at, createdAt }, orderBy: { at: 'asc' } }),
  );
  const recorded = rows.map((row) => row.createdAt.getTime());
  return {
    revocations: rows.map(({ role, subjectId, at: moment, address }) => ({
      role: role === 'CLIENT' ? 'client' : 'operator',
      id: subjectId,
      at: moment,
      address: address === '' ? null : address,
    })),
    recordedUntil: recorded.length === 0 ? recordedAfter : new Date(recorded.reduce((latest, time) => Math.max(latest, time))),
  };
}

/** Deletes the revocations that no longer have an effect at `now`. @returns how many. @throws ChatError as `recordRevocation` */
export async function forgetRevocations(ctx: OwnContext, actor: Actor, now: Date): Promise<number> {
  requirePermission(actor, 'revocation.forget');
  const { count } = await withDatabase(
    ctx,
    async () => await ctx.db.prisma.revocation.deleteMany({ where: { at: { lt: new Date(now.getTime() - KEPT_MS) } } }),
  );
  return count;
}

function insertRevocation({ role, id, at, address }: Revocation): Prisma.Sql {
  return Prisma.sql`
    INSERT INTO "Revocation" (role, "subjectId", address, at)
    VALUES (${role === 'client' ? 'CLIENT' : 'OPERATOR'}::"TokenRole", ${id}::int, ${address ?? ''}, ${at.toISOString()}::timestamptz)
    ON CONFLICT (role, "subjectId", address) DO UPDATE SET at = GREATEST("Revocation".at, excluded.at), "createdAt" = excluded."createdAt"`;
}
