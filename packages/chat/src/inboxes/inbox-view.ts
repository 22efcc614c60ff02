import type { Prisma } from '@switchboard/database';
import { errorFor, type InboxView } from '@switchboard/protocol';

/** Columns of `InboxView`. */
export const INBOX_COLUMNS = {
  id: true,
  key: true,
  name: true,
  isDefault: true,
  teamId: true,
  waitingTargetSeconds: true,
  version: true,
} as const satisfies Prisma.InboxSelect;

/**
 * Locks all inboxes, of which there are few, so that exactly one is the default whatever others do at the same time.
 *
 * @returns the one with this id
 * @throws ChatError `not_found`
 */
export async function lockInboxes(tx: Prisma.TransactionClient, id: number): Promise<InboxView> {
  await lockAllInboxes(tx);
  const rows = await tx.inbox.findMany({ select: INBOX_COLUMNS });
  const inbox = rows.find((row) => row.id === id);
  if (inbox === undefined) throw errorFor('inbox_not_found');
  return inbox;
}

/** NO KEY UPDATE: visitors of the inboxes can be stored meanwhile. */
export async function lockAllInboxes(tx: Prisma.TransactionClient): Promise<void> {
  await tx.$queryRaw`SELECT FROM "Inbox" ORDER BY id FOR NO KEY UPDATE`;
}
