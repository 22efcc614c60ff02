import { errorFor, MAX_CANNED_REPLIES, type CannedReplyView } from '@switchboard/protocol';

import type { Actor } from '../actor.ts';
import { writeAudit } from '../audit/write-audit.ts';
import type { Context } from '../context.ts';
import { requirePermission } from '../permissions.ts';
import { withDatabase } from '../with-database.ts';
import { auditedReply, lockReplies, presentReply, requireWritable, scopeKey, shortcutTaken } from './canned-reply.ts';

/** `shortcut`: in lower case, without the slash; `teamId`: of the scope `team`. */
export interface NewCannedReply {
  readonly shortcut: string;
  readonly text: string;
  readonly scope: 'own' | 'team' | 'everybody';
  readonly teamId?: number | undefined;
}

/**
 * Adds a canned reply. A repeat changes nothing and answers the first one.
 *
 * @throws ChatError `unauthenticated`, `forbidden` for everybody but operators, and for a team's or everybody's unless the operator may write those;
 * `invalid_request` for a team that does not exist, `conflict` when the scope has another reply with this shortcut, with that one as `current`, or
 * `MAX_CANNED_REPLIES` already
 */
export async function createCannedReply(
  ctx: Context,
  actor: Actor,
  { shortcut, text, scope: kind, teamId }: NewCannedReply,
): Promise<CannedReplyView> {
  const operator = requirePermission(actor, 'canned-reply.write');
  const whose = { ownerId: kind === 'own' ? operator.userId : null, teamId: kind === 'team' ? (teamId ?? 0) : null };
  const scope = scopeKey(whose);
  return await withDatabase(
    ctx,
    async () =>
      await ctx.db.prisma.$transaction(async (tx) => {
        await requireWritable(tx, operator, whose);
        await lockReplies(tx);
        const known = await tx.cannedReply.findUnique({ where: { scope_shortcut: { scope, shortcut } } });
        if (known !== null) {
          if (known.text !== text) throw shortcutTaken(known);
          return presentReply(known);
        }
        if ((await tx.cannedReply.count({ where: { scope } })) >= MAX_CANNED_REPLIES)
          throw errorFor('too_many_canned_replies', { limit: MAX_CANNED_REPLIES });
        const now = ctx.clock();
        const reply = await tx.cannedReply.create({ data: { shortcut, text, ...whose, scope, createdAt: now, updatedAt: now } });
        await writeAudit(tx, operator, { action: 'canned-reply.created', id: reply.id, to: auditedReply(reply) });
        return presentReply(reply);
      }),
  );
}
