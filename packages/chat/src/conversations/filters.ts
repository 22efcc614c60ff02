import { Prisma } from '@switchboard/database';
import type { ConversationFilters } from '@switchboard/protocol';

import type { OperatorActor } from '../actor.ts';
import { ownUnreadCount } from '../receipts/own-read.ts';

/** How a query finds out what the columns of the conversation `c` do not say. */
export interface Lookups {
  readonly isUnread: Prisma.Sql;
  readonly tags: Prisma.Sql;
}

/** Looks each of them up. */
export function lookups(operator: Pick<OperatorActor, 'userId'>): Lookups {
  return {
    isUnread: Prisma.sql`${ownUnreadCount(operator, 1)} > 0`,
    tags: Prisma.sql`ARRAY(
      SELECT k."tagId" FROM "Chat" h JOIN "ChatTag" k ON k."chatId" = h.id WHERE h."clientId" = c.id AND h.number = c."chatNumber"
    )`,
  };
}

/** A condition: the conversation `c` passes these filters. The tag is one of its newest chat. */
export function passes({ inbox, team, assignee, tag, unread }: ConversationFilters, { isUnread, tags }: Lookups): Prisma.Sql {
  const conditions = [
    inbox !== undefined && isIn(inbox),
    team !== undefined && Prisma.sql`c."teamId" = ${team}::int`,
    assignee !== undefined && Prisma.sql`c."assigneeId" = ${assignee}::int`,
    tag !== undefined && Prisma.sql`${tag}::int = ANY(${tags})`,
    unread === true && isUnread,
  ].filter((condition) => condition !== false);
  return conditions.length === 0 ? Prisma.sql`true` : Prisma.join(conditions, ' AND ');
}

/** Conversations without an inbox are in the default one. */
function isIn(inbox: number): Prisma.Sql {
  return Prisma.sql`(c."inboxId" = ${inbox}::int
    OR (c."inboxId" IS NULL AND EXISTS (SELECT FROM "Inbox" i WHERE i.id = ${inbox}::int AND i."isDefault")))`;
}
