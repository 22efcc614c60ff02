import type { Prisma } from '@switchboard/database';
import { errorFor, type TagView } from '@switchboard/protocol';

import { MAX_INTEGER } from '../visible.ts';

/** Columns of `TagView`. */
export const TAG_COLUMNS = { id: true, name: true, version: true } as const;

/** Names with the same key are one tag. */
export function tagKey(name: string): string {
  return name.toLowerCase();
}

/** Excludes others who add, rename or remove tags until the transaction ends, so that names and the number of tags can be checked first. */
export async function lockTags(tx: Prisma.TransactionClient): Promise<void> {
  await tx.$executeRaw`LOCK TABLE "Tag" IN SHARE ROW EXCLUSIVE MODE`;
}

/** @throws ChatError `not_found` */
export async function findTag(tx: Prisma.TransactionClient, id: number): Promise<TagView> {
  const tag = id > MAX_INTEGER ? null : await tx.tag.findUnique({ where: { id }, select: TAG_COLUMNS });
  if (tag === null) throw errorFor('tag_not_found');
  return tag;
}
