import { Prisma } from '@switchboard/database';

import type { Queryable } from '../visible.ts';
import type { Actor } from '../actor.ts';
import type { Context } from '../context.ts';
import { requirePermission } from '../permissions.ts';
import { withDatabase } from '../with-database.ts';

/** The longest that a relay token lives, and a minute for clocks that differ: what is older has no effect any more. Milliseconds. */
const KEPT_MS = (24 * 60 + 1) * 60_000;

/** "No relay token of this person from before `at` counts": an operator who was signed out, removed or given another role, a visitor who was blocked. */
export interface Revocation {
  readonly role: 'client' | 'operator';
  /** The id of the visitor's or the operator's row. */
  readonly id: number;
  readonly at: Date;
  /** Of a visitor: where they are on the relay, null when nobody knows. Somebody without a token is found by nothing else. */
  readonly address?: string | null | undefined;
}

/** Longer than any transaction may take. Milliseconds. */
const LONGEST_TRANSACTION_MS = 60_000;

type OwnContext = Pick<Context, 'db' | 'log'>;

/**
 * Keeps a revocation, so that a relay that can't be told now is told later: the web app repeats those of the last 24 hours to every relay that comes
 * back. One of the same person from before is replaced.
 *
 * @throws ChatError `forbidden` for everybody but the installation, `unavailable`
 */
export async function recordRevocation(ctx: OwnContext, actor: Actor, revocation: Revocation): Promise<void> {
  requirePermission(actor, 'revocation.record');
  await withDatabase(ctx, async () => await ctx.db.prisma.$executeRaw(insertRevocation(revocation)));
}

/** The same inside the transaction that revokes: what is revoked is then never without its revocation. */
export async function writeRevocation(tx: Queryable, revocation: Revocation): Promise<void> {
  await tx.$executeRaw(insertRevocation(revocation));
}

/** Revocations, and what to ask with for those that were recorded later. */
interface RevocationList {
  readonly revocations: readonly Revocation[];
  /** By the clock of the database; undefined when there was none. */
  readonly recordedUntil: Date | undefined;
}

/**
 * What may still have an effect at `now`, the oldest first: all, or only what has been recorded since `recordedAfter` or a minute before, since a transaction
 * shows what it has recorded when it ends.
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

/** Deletes those that have no effect any more at `now`. @returns how many. @throws ChatError as `recordRevocation` */
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
