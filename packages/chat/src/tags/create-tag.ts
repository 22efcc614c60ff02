import { errorFor, MAX_TAGS, type TagView } from '@switchboard/protocol';

import type { Actor } from '../actor.ts';
import { writeAudit } from '../audit/write-audit.ts';
import type { Context } from '../context.ts';
import { requirePermission } from '../permissions.ts';
import { withDatabase } from '../with-database.ts';
import { lockTags, TAG_COLUMNS, tagKey } from './tag.ts';

/**
 * Adds a tag. Where there is one whose name differs in nothing but case, it is answered as it is.
 *
 * @throws ChatError `unauthenticated`, `forbidden` for everybody but operators, `conflict` when there are `MAX_TAGS` already
 */
export async function createTag(ctx: Context, actor: Actor, { name }: { readonly name: string }): Promise<TagView> {
  const operator = requirePermission(actor, 'tag.create');
  return await withDatabase(
    ctx,
    async () =>
      await ctx.db.prisma.$transaction(async (tx) => {
        await lockTags(tx);
        const nameKey = tagKey(name);
        const known = await tx.tag.findUnique({ where: { nameKey }, select: TAG_COLUMNS });
        if (known !== null) return known;
        if ((await tx.tag.count()) >= MAX_TAGS) throw errorFor('too_many_tags', { limit: MAX_TAGS });
        const tag = await tx.tag.create({ data: { name, nameKey, createdAt: ctx.clock() }, select: TAG_COLUMNS });
        await writeAudit(tx, operator, { action: 'tag.created', id: tag.id, to: { name } });
        return tag;
      }),
  );
}
