import type { Actor } from '../actor.ts';
import { writeAudit } from '../audit/write-audit.ts';
import type { Context } from '../context.ts';
import { requirePermission } from '../permissions.ts';
import { withDatabase } from '../with-database.ts';
import { auditedReply, findReply, requireWritable } from './canned-reply.ts';

/**
 * Removes a canned reply. Where there is none that the operator may use, nothing changes.
 *
 * @throws ChatError `unauthenticated`, `forbidden` for everybody but operators, and for replies that the operator may use but not write
 */
export async function removeCannedReply(ctx: Context, actor: Actor, { replyId }: { readonly replyId: number }): Promise<void> {
  const operator = requirePermission(actor, 'canned-reply.write');
  await withDatabase(
    ctx,
    async () =>
      await ctx.db.prisma.$transaction(async (tx) => {
        const before = await findReply(tx, operator, replyId);
        if (before === undefined) return;
        await requireWritable(tx, operator, before);
        const { count } = await tx.cannedReply.deleteMany({ where: { id: before.id } });
        // Somebody else may have removed it at the same time.
        if (count > 0) await writeAudit(tx, operator, { action: 'canned-reply.removed', id: before.id, from: auditedReply(before) });
      }),
  );
}
