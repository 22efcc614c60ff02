import type { Prisma } from '@switchboard/database';
import { errorFor, invalidField } from '@switchboard/protocol';

import type { Actor, OperatorActor } from '../actor.ts';
import type { Context } from '../context.ts';
import { conversationChanged, type WithEffects } from '../effects.ts';
import { writeEvent } from '../events/write-event.ts';
import { requirePermission } from '../permissions.ts';
import { clientsSeenBy, lockClient } from '../visible.ts';
import { withDatabase } from '../with-database.ts';

/** All tags of the newest chat. `expected`: the version of the conversation that the operator has seen; undefined: whatever it is now. */
export interface TagsOfChat {
  readonly clientId: number;
  readonly tagIds: readonly number[];
  readonly expected?: { readonly version?: number | undefined } | undefined;
}

interface ChatTagView {
  id: number;
  name: string;
}

/** The tags of a chat by name, and the version of its conversation. */
export interface Tagged {
  tags: ChatTagView[];
  version: number;
}

/**
 * Sets the tags of the newest chat of a conversation. A repeat changes nothing and answers the tags.
 *
 * @throws ChatError `unauthenticated`, `forbidden` for everybody but operators, `not_found`, `conflict` when there is no chat yet, or when the conversation has
 * another version than expected, with its tags and version as `current`; `invalid_request` for tags that do not exist
 */
export async function setTags(ctx: Context, actor: Actor, { clientId, tagIds, expected }: TagsOfChat): Promise<WithEffects<Tagged>> {
  const operator = requirePermission(actor, 'conversation.tag');
  return await withDatabase(
    ctx,
    async () =>
      await ctx.db.prisma.$transaction(async (tx) => {
        const client = await lockClient(tx, operator, clientId);
        const effects = [conversationChanged(client, 'state', 'activity')];
        const { chatId, version } = await newestChat(tx, operator, client.id);
        if (chatId === null) throw errorFor('no_chat');
        const before = await tagsOf(tx, chatId);
        if (hasJust(before, tagIds)) return { tags: before, version, effects };
        if (expected?.version !== undefined && expected.version !== version)
          throw errorFor('conversation_changed', undefined, { current: { tags: before, version } });
        await writeTags(tx, chatId, tagIds);
        const tags = await tagsOf(tx, chatId);
        const [from, to] = [{ tags: namesOf(before) }, { tags: namesOf(tags) }];
        await writeEvent(tx, operator, { clientId: client.id, kind: 'tagged', at: ctx.clock(), from, to });
        return { tags, version: (await newestChat(tx, operator, client.id)).version, effects };
      }),
  );
}

async function newestChat(tx: Prisma.TransactionClient, operator: OperatorActor, clientId: number) {
  const [found] = await tx.$queryRaw<{ chatId: number | null; version: number }[]>`
    SELECT h.id AS "chatId", c.version FROM ${clientsSeenBy(operator)} LEFT JOIN "Chat" h ON h."clientId" = c.id AND h.number = c."chatNumber"
    WHERE c.id = ${clientId}::int`;
  return found ?? { chatId: null, version: 0 };
}

async function tagsOf(tx: Prisma.TransactionClient, chatId: number): Promise<ChatTagView[]> {
  const select = { tag: { select: { id: true, name: true } } };
  const rows = await tx.chatTag.findMany({ where: { chatId }, select, orderBy: { tag: { nameKey: 'asc' } } });
  return rows.map(({ tag }) => tag);
}

/** @throws ChatError `invalid_request` for tags that do not exist */
async function writeTags(tx: Prisma.TransactionClient, chatId: number, tagIds: readonly number[]): Promise<void> {
  // Locked, so that none of them is removed before the commit.
  const rows = await tx.$queryRaw<
    { id: number }[]
  >`SELECT id FROM "Tag" WHERE id::bigint = ANY(${[...tagIds]}::bigint[]) ORDER BY id FOR KEY SHARE`;
  const known = new Set(rows.map(({ id }) => id));
  const unknown = tagIds.filter((id) => !known.has(id));
  if (unknown.length > 0) throw invalidField('tagIds', `must be ids of tags, which ${unknown.join(', ')} are not`);
  await tx.chatTag.deleteMany({ where: { chatId, tagId: { notIn: [...tagIds] } } });
  await tx.chatTag.createMany({ data: tagIds.map((tagId) => ({ chatId, tagId })), skipDuplicates: true });
}

function hasJust(tags: readonly ChatTagView[], ids: readonly number[]): boolean {
  const asked = new Set(ids);
  return tags.length === asked.size && tags.every(({ id }) => asked.has(id));
}

function namesOf(tags: readonly ChatTagView[]): string[] {
  return tags.map(({ name }) => name);
}
