import { Prisma } from '@switchboard/database';

/**
 * A condition: new messages open a chat of the client `c`. The visitor's always do when none is open; an operator's do not when the conversation is done, because
 * a word after the end is part of no chat.
 *
 * @param unread a number: how many of the messages are the visitor's
 */
export function opensChat(unread: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`(c."chatOpenedAt" IS NULL AND (${unread} > 0 OR c."doneAt" IS NULL))`;
}

/**
 * A chat that new messages open: it begins with message `firstSeq`. The first one of a conversation begins with message 1: messages from before there were chats
 * belong to it, too.
 */
export interface Opening {
  readonly clientId: number;
  readonly firstSeq: number;
}

/** @returns the chat that the messages of one client open, if any (see `opensChat`) */
export function openingOf(
  { id, chatOpenedAt, doneAt }: { readonly id: number; readonly chatOpenedAt: Date | null; readonly doneAt: Date | null },
  messages: readonly { readonly senderType: 'CLIENT' | 'OPERATOR'; readonly seq: number }[],
): Opening | undefined {
  if (chatOpenedAt !== null) return undefined;
  const first = messages.find(({ senderType }) => senderType === 'CLIENT' || doneAt === null);
  return first === undefined ? undefined : { clientId: id, firstSeq: first.seq };
}

/** What opening chats adds to the statement that saves messages; empty when none is opened. */
interface OpeningSql {
  /** Sets columns of the client `c` from its change `n`, whose boolean `opens` says whether it opens one. */
  readonly columns: Prisma.Sql;
  /** Inserts the chats, from the rows that `counted` returns. */
  readonly insert: Prisma.Sql;
}

/** @param at of the save, ISO-8601 */
export function openingSql(openings: readonly Opening[], at: string): OpeningSql {
  if (openings.length === 0) return { columns: Prisma.empty, insert: Prisma.empty };
  return {
    columns: Prisma.sql`, "chatNumber" = c."chatNumber" + n.opens::int,
      "chatOpenedAt" = CASE WHEN n.opens THEN ${at}::timestamptz ELSE c."chatOpenedAt" END,
      "readBeforeSeq" = CASE WHEN n.opens AND c."chatNumber" = 0 THEN c."operatorReadSeq" ELSE c."readBeforeSeq" END,
      "assigneeId" = CASE WHEN n.opens THEN NULL ELSE c."assigneeId" END,
      "teamId" = CASE WHEN n.opens THEN ${TEAM_OF_INBOX} ELSE c."teamId" END`,
    insert: Prisma.sql`, opened AS (
      INSERT INTO "Chat" ("clientId", number, "inboxId", "firstSeq", "openedAt")
      SELECT c.id, c."chatNumber", c."inboxId", CASE WHEN c."chatNumber" = 1 THEN 1 ELSE o."firstSeq" END, c."chatOpenedAt"
      FROM unnest(${openings.map(({ clientId }) => clientId)}::int[], ${openings.map(({ firstSeq }) => firstSeq)}::int[]) AS o(id, "firstSeq")
      JOIN counted c ON c.id = o.id
    )`,
  };
}

/** The team in which a chat of the client `c` begins. */
export const TEAM_OF_INBOX = Prisma.sql`(SELECT i."teamId" FROM "Inbox" i WHERE i.id = c."inboxId" OR (c."inboxId" IS NULL AND i."isDefault"))`;
