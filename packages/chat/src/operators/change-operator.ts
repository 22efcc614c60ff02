import { chosenName, operatorRole, parse, type OperatorRole } from '@switchboard/protocol';
import { z } from 'zod';

import type { Actor } from '../actor.ts';
import { writeAudit } from '../audit/write-audit.ts';
import type { Context } from '../context.ts';
import type { WithEffects } from '../effects.ts';
import { requirePermission } from '../permissions.ts';
import { writeRevocation } from '../revocations/revocations.ts';
import { withDatabase } from '../with-database.ts';
import { keepAnAdministrator, lockOperator, type OperatorRef } from './find-operator.ts';
import { roleColumns } from './role-columns.ts';

/** The largest number of chats that automatic assignment can give an operator. */
const MAX_CAPACITY = 1_000;

const operatorChange = z.object({
  role: operatorRole.optional(),
  name: chosenName.optional(),
  displayName: chosenName.nullable().optional(),
  capacity: z.int().min(0).max(MAX_CAPACITY).nullable().optional(),
});

/** The new values of an operator. Omitted fields keep their values. `displayName` null: their name. `capacity` null: the installation's setting. */
export interface OperatorChange {
  readonly role?: OperatorRole | undefined;
  readonly name?: string | undefined;
  readonly displayName?: string | null | undefined;
  readonly capacity?: number | null | undefined;
}

/**
 * Changes an operator, from their next request on: everything for administrators and the installation, their own names for everybody. A new role or name
 * revokes their relay tokens, so that they reconnect with it.
 *
 * @throws ChatError `unauthenticated`, `forbidden`, `invalid_request` with `fields`, `not_found`, `conflict` when they are the last administrator
 */
export async function changeOperator(
  ctx: Pick<Context, 'db' | 'log'>,
  actor: Actor,
  ref: OperatorRef,
  change: OperatorChange,
): Promise<WithEffects<{ id: number }>> {
  const { role, capacity } = change;
  const isOwn = actor.kind !== 'operator' || ('id' in ref && ref.id === actor.userId);
  const by = requirePermission(actor, isOwn && role === undefined && capacity === undefined ? 'operator.change-own' : 'operator.change');
  const checked = parse(operatorChange, change);
  return await withDatabase(
    ctx,
    async () =>
      await ctx.db.prisma.$transaction(async (tx) => {
        if (by.kind === 'operator' && checked.role !== undefined && checked.role !== 'ADMIN') await keepAnAdministrator(tx, ref);
        const { id, ...before } = await lockOperator(tx, ref);
        const changed = keysOf(checked).filter((key) => checked[key] !== undefined && checked[key] !== before[key]);
        if (changed.length > 0) {
          await tx.user.update({ where: { id }, data: columnsOf(checked), select: { id: true } });
          const pick = (values: OperatorChange) => Object.fromEntries(changed.map((key) => [key, values[key] ?? null]));
          await writeAudit(tx, by, { action: 'operator.changed', id, from: pick(before), to: pick(checked) });
        }
        const isRevoked = checked.role !== undefined || changed.includes('name') || changed.includes('displayName');
        if (!isRevoked) return { id, effects: [] };
        await writeRevocation(tx, { role: 'operator', id, at: new Date() });
        return { id, effects: [{ kind: 'access revoked', role: 'operator', id, address: null }] };
      }),
  );
}

function columnsOf({ role, name, displayName, capacity }: OperatorChange) {
  return {
    ...(role === undefined ? {} : roleColumns(role)),
    ...(name === undefined ? {} : { name }),
    ...(displayName === undefined ? {} : { displayName }),
    ...(capacity === undefined ? {} : { capacity }),
  };
}

function keysOf(change: OperatorChange): (keyof OperatorChange)[] {
  return Object.keys(change) as (keyof OperatorChange)[];
}
