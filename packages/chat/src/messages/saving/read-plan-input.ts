import { Prisma, type Transaction } from '@switchboard/database';

import { SYSTEM } from '../../actor.ts';
import { groupBy } from '../../group-by.ts';
import { isUuid } from '../../uuid.ts';
import { clientsSeenBy, isSeenByOperator } from '../../visible.ts';
import { uploadOf, type Draft } from './draft.ts';
import { identityOf } from './message-identity.ts';
import type { PlanInput, KnownClient, KnownMessage, KnownSession, KnownUpload } from './plan-group.ts';

const unique = <T>(values: Iterable<T>): T[] => [...new Set(values)];
const byId = <T extends { readonly id: K }, K>(rows: readonly T[]) => new Map(rows.map((row) => [row.id, row]));

/**
 * Locks the clients that the drafts name, in the order of their ids so that two groups cannot deadlock, and reads what planning needs, in one round trip.
 * `planGroup` decides whether each sender may write to its client. The message keys are looked up after the lock, when everybody who could have saved one of
 * them for these clients has committed. (`+ 0` keeps the index by client out of that look-up.)
 */
export async function readPlanInput(tx: Transaction, drafts: readonly Draft[]): Promise<PlanInput> {
  const meant = clientsMeant(drafts);
  const [sessions, clients, messages, uploads] = await Promise.all([
    // A session never changes its client, so they may be read before the lock.
    tx.query<KnownSession & { clientId: number }>(Prisma.sql`
      SELECT s."clientId", s.id, s."clientSocketId", s."lastSeenAt", s."endedAt" FROM "ChatSession" s WHERE s."clientId" ${meant} ORDER BY s."startedAt" DESC`),
    tx.query<Omit<KnownClient, 'sessions'>>(Prisma.sql`
      SELECT c.id, c."lastSeq", c."endedAt", c."blockedAt", c."doneAt", c."chatOpenedAt", c."snoozedAt", c."snoozedUntil", c."teamId", c."assigneeId",
        ${seenBy(drafts)} AS "seenBy"
      FROM ${clientsSeenBy(SYSTEM)} WHERE c.id ${meant} ORDER BY c.id FOR NO KEY UPDATE OF c`),
    tx.query<KnownMessage>(Prisma.sql`
      SELECT "messageKey", id, "clientId", seq, "senderType", "operatorId", "createdAt" FROM "ChatMessage"
      WHERE "messageKey" = ANY(${unique(drafts.map(({ messageKey }) => messageKey))}::uuid[]) AND "clientId" + 0 ${meant}`),
    readUploads(tx, drafts),
  ]);
  const addresses = new Map<string, number>();
  for (const { clientId, id, clientSocketId } of sessions) {
    addresses.set(id, clientId);
    if (clientSocketId !== null) addresses.set(clientSocketId, clientId);
  }
  const own = groupBy(sessions, ({ clientId }) => clientId);
  return {
    clients: byId(clients.map((client) => Object.assign(client, { sessions: own.get(client.id) ?? [] }))),
    addresses,
    uploads: byId(uploads),
    messages: new Map(messages.map((message) => [identityOf(message), message])),
  };
}

/** Of the operators who write and do not see every conversation: the ids of those who see the client `c`. */
function seenBy(drafts: readonly Draft[]): Prisma.Sql {
  const operators = unique(drafts.flatMap(({ onlySeenBy }) => onlySeenBy ?? []));
  if (operators.length === 0) return Prisma.sql`'{}'::int[]`;
  return Prisma.sql`ARRAY(SELECT o.id FROM unnest(${operators}::int[]) AS o(id) WHERE ${isSeenByOperator(Prisma.sql`o.id`)})`;
}

/** The condition that holds for the ids of the clients meant. Most drafts name them; an address has to be looked up. */
function clientsMeant(drafts: readonly Draft[]): Prisma.Sql {
  const targets = drafts.map(({ target }) => target);
  const ids = unique(targets.flatMap((target) => (target.kind === 'client' ? [target.clientId] : [])));
  const addresses = unique(targets.flatMap((target) => (target.kind === 'address' ? [target.address] : [])));
  if (addresses.length === 0) return Prisma.sql`= ANY(${ids}::int[])`;
  return Prisma.sql`IN (
    SELECT unnest(${ids}::int[])
    UNION ALL SELECT a."clientId" FROM "ChatSession" a WHERE a."clientSocketId" = ANY(${addresses}::text[])
    UNION ALL SELECT a."clientId" FROM "ChatSession" a WHERE a.id = ANY(${addresses.filter(isUuid)}::uuid[])
  )`;
}

async function readUploads(tx: Transaction, drafts: readonly Draft[]): Promise<KnownUpload[]> {
  const ids = unique(drafts.map(uploadOf).filter((id) => id !== null));
  if (ids.length === 0) return [];
  // Locked, so that none is removed as unused (`removeUnusedUploads`) before the message that names it is committed.
  return await tx.query<KnownUpload>(
    Prisma.sql`SELECT id, "clientId", name, "mimeType" FROM "Upload" WHERE id = ANY(${ids}::uuid[]) FOR KEY SHARE`,
  );
}
