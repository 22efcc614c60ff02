import { errorFor, type CannedReplyView } from '@switchboard/protocol';

import type { Actor } from '../actor.ts';
import { writeAudit } from '../audit/write-audit.ts';
import type { Context } from '../context.ts';
import { requirePermission } from '../permissions.ts';
import { withDatabase } from '../with-database.ts';
import { auditedReply, findReply, lockReplies, presentReply, requireWritable, shortcutTaken } from './canned-reply.ts';

/** What to change; undefined: as it is. `expected`: the version that the caller has seen. */
export interface CannedReplyChange {
  readonly replyId: number;
  readonly shortcut?: string | undefined;
  readonly text?: string | undefined;
  readonly expected: { readonly version: number };
}

/**
 * Changes a canned reply. A repeat changes nothing and answers the reply.
 *
 * @throws ChatError `unauthenticated`, `forbidden` for everybody but operators, and for replies that the operator may use but not write; `not_found`,
 * `conflict` when the reply has another version, or another reply of its scope has the shortcut, with that one as `current`
 */
export async function changeCannedReply(ctx: Context, actor: Actor, change: CannedReplyChange): Promise<CannedReplyView> {
  const operator = requirePermission(actor, 'canned-reply.write');
  return await withDatabase(
    ctx,
    async () =>
      await ctx.db.prisma.$transaction(async (tx) => {
        await lockReplies(tx);
        const before = await findReply(tx, operator, change.replyId);
        if (before === undefined) throw errorFor('canned_reply_not_found');
        await requireWritable(tx, operator, before);
        const { id, scope } = before;
        const { shortcut = before.shortcut, text = before.text, expected } = change;
        if (shortcut === before.shortcut && text === before.text) return presentReply(before);
        if (before.version !== expected.version) throw errorFor('canned_reply_changed', undefined, { current: presentReply(before) });
        const other = await tx.cannedReply.findFirst({ where: { scope, shortcut, id: { not: id } } });
        if (other !== null) throw shortcutTaken(other);
        const data = { shortcut, text, version: { increment: 1 }, updatedAt: ctx.clock() };
        const after = await tx.cannedReply.update({ where: { id }, data });
        const [from, to] = [auditedReply(before), auditedReply(after)];
        await writeAudit(tx, operator, { action: 'canned-reply.changed', id, from, to });
        return presentReply(after);
      }),
  );
}
