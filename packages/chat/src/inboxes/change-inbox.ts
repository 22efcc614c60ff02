import type { Prisma } from '@switchboard/database';
import { chosenName, errorFor, inboxFields, invalidField, parse, type InboxView } from '@switchboard/protocol';
import { z } from 'zod';

import type { Actor } from '../actor.ts';
import { writeAudit } from '../audit/write-audit.ts';
import type { Context } from '../context.ts';
import { requirePermission } from '../permissions.ts';
import { withDatabase } from '../with-database.ts';
import { INBOX_COLUMNS, lockAllInboxes, lockInboxes } from './inbox-view.ts';

const newInbox = z.object(inboxFields);
const inboxChange = newInbox.extend({ name: chosenName.optional() });

/** Unchecked input: the verbs validate it. */
export type NewInbox = z.input<typeof newInbox>;

/** The new values of an inbox. Omitted fields keep their values. `expected`: the version that the caller has seen. */
export type InboxChange = z.input<typeof inboxChange> & { readonly expected: { readonly version: number } };

/**
 * Creates an inbox with a random key.
 *
 * @throws ChatError `unauthenticated`, `forbidden` for all but administrators, `invalid_request` with `fields`
 */
export async function createInbox(ctx: Pick<Context, 'db' | 'log' | 'ids'>, actor: Actor, inbox: NewInbox): Promise<InboxView> {
  const by = requirePermission(actor, 'inbox.change');
  const { name, ...fields } = parse(newInbox, inbox);
  return await withDatabase(
    ctx,
    async () =>
      await ctx.db.prisma.$transaction(async (tx) => {
        await lockAllInboxes(tx);
        await prepare(tx, fields);
        const data = { key: ctx.ids().replaceAll('-', ''), name, ...columnsOf(fields) };
        const created = await tx.inbox.create({ data, select: INBOX_COLUMNS });
        await writeAudit(tx, by, { action: 'inbox.created', id: created.id, to: recorded(created) });
        return created;
      }),
  );
}

/**
 * Changes an inbox. Making it the default takes that from the other one, in the same transaction.
 *
 * @throws ChatError as `createInbox`, `not_found`, `conflict` when it has another version than expected, with the inbox as `current`
 */
export async function changeInbox(
  ctx: Pick<Context, 'db' | 'log'>,
  actor: Actor,
  id: number,
  { expected, ...change }: InboxChange,
): Promise<InboxView> {
  const by = requirePermission(actor, 'inbox.change');
  const { name, ...fields } = parse(inboxChange, change);
  return await withDatabase(
    ctx,
    async () =>
      await ctx.db.prisma.$transaction(async (tx) => {
        const before = await lockInboxes(tx, id);
        if (before.version !== expected.version) throw errorFor('inbox_changed', undefined, { current: before });
        await prepare(tx, before.isDefault ? { ...fields, isDefault: undefined } : fields);
        const data = { ...(name === undefined ? {} : { name }), ...columnsOf(fields), version: { increment: 1 } };
        const after = await tx.inbox.update({ where: { id }, data, select: INBOX_COLUMNS });
        await writeAudit(tx, by, { action: 'inbox.changed', id, from: recorded(before), to: recorded(after) });
        return after;
      }),
  );
}

type Fields = Omit<z.output<typeof inboxChange>, 'name'>;

/** Checks the team, and makes room for a new default inbox. @throws ChatError `invalid_request` when there is no such team */
async function prepare(tx: Prisma.TransactionClient, { teamId, isDefault }: Fields): Promise<void> {
  // KEY SHARE: the team stays until the transaction ends.
  if (teamId != null && (await tx.$queryRaw<object[]>`SELECT id FROM "Team" WHERE id = ${teamId}::int FOR KEY SHARE`).length === 0)
    throw invalidField('teamId', 'must be the id of a team');
  if (isDefault === true) await tx.inbox.updateMany({ where: { isDefault: true }, data: { isDefault: false, version: { increment: 1 } } });
}

function columnsOf({ teamId, waitingTargetSeconds, isDefault }: Fields) {
  return {
    ...(teamId === undefined ? {} : { teamId }),
    ...(waitingTargetSeconds === undefined ? {} : { waitingTargetSeconds }),
    ...(isDefault === undefined ? {} : { isDefault }),
  };
}

/** What an audit entry has of an inbox: what administrators choose. */
function recorded({ name, teamId, waitingTargetSeconds, isDefault }: InboxView) {
  return { name, teamId, waitingTargetSeconds, isDefault };
}
