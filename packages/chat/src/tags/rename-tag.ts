import { errorFor, type TagView } from '@switchboard/protocol';

import type { Actor } from '../actor.ts';
import { writeAudit } from '../audit/write-audit.ts';
import type { Context } from '../context.ts';
import { requirePermission } from '../permissions.ts';
import { withDatabase } from '../with-database.ts';
import { raiseTagged } from './tagged.ts';
import { findTag, lockTags, TAG_COLUMNS, tagKey } from './tag.ts';

/** `expected`: the version that the caller has seen. */
export interface TagRename {
  readonly tagId: number;
  readonly name: string;
  readonly expected: { readonly version: number };
}

/**
 * Renames a tag, and raises the versions of the conversations that have it. A repeat answers the tag as it is.
 *
 * @throws ChatError `unauthenticated`, `forbidden` for everybody but supervisors and administrators, `not_found`, `conflict` when the tag has another version, or when another tag
 * has the name, with that tag as `current`
 */
export async function renameTag(ctx: Context, actor: Actor, { tagId, name, expected }: TagRename): Promise<TagView> {
  const operator = requirePermission(actor, 'tag.change');
  const tag = await withDatabase(
    ctx,
    async () =>
      await ctx.db.prisma.$transaction(async (tx) => {
        await lockTags(tx);
        const before = await findTag(tx, tagId);
        if (before.name === name) return before;
        if (before.version !== expected.version) throw errorFor('tag_changed', undefined, { current: before });
        const nameKey = tagKey(name);
        const other = await tx.tag.findFirst({ where: { nameKey, id: { not: tagId } }, select: TAG_COLUMNS });
        if (other !== null) throw errorFor('tag_name_taken', { name: other.name }, { current: other });
        await writeAudit(tx, operator, { action: 'tag.changed', id: tagId, from: { name: before.name }, to: { name } });
        return await tx.tag.update({ where: { id: tagId }, data: { name, nameKey, version: { increment: 1 } }, select: TAG_COLUMNS });
      }),
  );
  // Rows of lists show the name. Also on a repeat, because the first request may have been interrupted.
  await raiseTagged(ctx, tagId);
  return tag;
}
