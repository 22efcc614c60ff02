import { parse, type OwnPresence } from '@switchboard/protocol';
import { z } from 'zod';

import type { Actor } from '../actor.ts';
import type { Context } from '../context.ts';
import { requirePermission } from '../permissions.ts';
import { withDatabase } from '../with-database.ts';
import { IS_ONLINE } from './is-online.ts';

const presenceInput = z.object({ isAvailable: z.boolean().optional() });

/**
 * Records that a page of the console is open: the operator is online until `OFFLINE_AFTER_S` after the last such call, or until they leave. `isAvailable`
 * changes only if it is given; it is true for who has never changed it.
 *
 * @throws ChatError `unauthenticated`, `forbidden` for everybody but operators, `invalid_request`, `unavailable`
 */
export async function recordPresence(
  ctx: Pick<Context, 'db' | 'log'>,
  actor: Actor,
  input: { readonly isAvailable?: boolean | undefined },
): Promise<OwnPresence> {
  const { userId } = requirePermission(actor, 'presence.record');
  const { isAvailable: given = null } = parse(presenceInput, input);
  const [row] = await withDatabase(
    ctx,
    async () =>
      await ctx.db.prisma.$queryRaw<{ isAvailable: boolean }[]>`
        INSERT INTO "Presence" AS p ("userId", "isAvailable", "isOnline", "lastSeenAt", "changedAt")
        VALUES (${userId}::int, COALESCE(${given}::boolean, true), true, now(), now())
        ON CONFLICT ("userId") DO UPDATE SET "isOnline" = true, "isAvailable" = COALESCE(${given}::boolean, p."isAvailable"),
          "lastSeenAt" = GREATEST(p."lastSeenAt", now()),
          "changedAt" = CASE WHEN ${IS_ONLINE} AND p."isAvailable" = COALESCE(${given}::boolean, p."isAvailable") THEN p."changedAt" ELSE now() END
        RETURNING "isAvailable"`,
  );
  return { isOnline: true, isAvailable: row?.isAvailable ?? true };
}
