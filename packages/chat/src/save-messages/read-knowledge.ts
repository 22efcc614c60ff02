import type { Queryable } from '../access.ts';
import { groupBy } from '../group-by.ts';
import { isUuid } from '../uuid.ts';
import type { Draft } from './draft.ts';
import type { Knowledge, KnownClient, KnownMessage, KnownUpload } from './plan-group.ts';

interface SessionRow {
  readonly clientId: number;
  readonly id: string;
  readonly clientSocketId: string | null;
}

const unique = <T>(values: Iterable<T>): T[] => [...new Set(values)];
const byId = <T extends { readonly id: K }, K>(rows: readonly T[]) => new Map(rows.map((row) => [row.id, row]));

/**
 * Locks the clients that the drafts mean (in the order of their ids, so that two groups can't lock each other out) and reads what planning needs.
 * The message keys are looked up last: under the locks, whoever could have saved one of them for these clients has committed.
 */
export async function readKnowledge(tx: Queryable, drafts: readonly Draft[]): Promise<Knowledge> {
  const sessions = await readSessions(tx, drafts);
  const clients = await lockClients(tx, drafts, sessions);
  const messages = await tx.$queryRaw<KnownMessage[]>`
    SELECT "messageKey", id, "clientId", seq, "senderType", "createdAt" FROM "ChatMessage"
    WHERE "messageKey" = ANY(${unique(drafts.map(({ messageKey }) => messageKey))}::uuid[])`;
  const addresses = new Map<string, number>();
  for (const { clientId, id, clientSocketId } of sessions) {
    addresses.set(id, clientId);
    if (clientSocketId !== null) addresses.set(clientSocketId, clientId);
  }
  return {
    clients: byId(clients),
    addresses,
    uploads: await readUploads(tx, drafts),
    messages: new Map(messages.map((message) => [message.messageKey, message])),
  };
}

/** All sessions of all clients meant, newest first. A session never changes its client, so they may be read before the lock. */
async function readSessions(tx: Queryable, drafts: readonly Draft[]): Promise<SessionRow[]> {
  const targets = drafts.map(({ target }) => target);
  const ids = unique(targets.flatMap((target) => (target.kind === 'client' ? [target.clientId] : [])));
  const addresses = unique(targets.flatMap((target) => (target.kind === 'address' ? [target.address] : [])));
  return await tx.$queryRaw<SessionRow[]>`
    SELECT s."clientId", s.id, s."clientSocketId" FROM "ChatSession" s
    WHERE s."clientId" IN (
      SELECT unnest(${ids}::int[])
      UNION ALL SELECT a."clientId" FROM "ChatSession" a WHERE a."clientSocketId" = ANY(${addresses}::text[])
      UNION ALL SELECT a."clientId" FROM "ChatSession" a WHERE a.id = ANY(${addresses.filter(isUuid)}::uuid[])
    )
    ORDER BY s."startedAt" DESC`;
}

async function lockClients(tx: Queryable, drafts: readonly Draft[], sessions: readonly SessionRow[]): Promise<KnownClient[]> {
  const ids = unique([
    ...drafts.flatMap(({ target }) => (target.kind === 'client' ? [target.clientId] : [])),
    ...sessions.map(({ clientId }) => clientId),
  ]);
  const rows = await tx.$queryRaw<Omit<KnownClient, 'sessions'>[]>`
    SELECT id, "lastSeq", "endedAt" FROM "Client" WHERE id = ANY(${ids}::int[]) ORDER BY id FOR NO KEY UPDATE`;
  const own = groupBy(sessions, ({ clientId }) => clientId);
  return rows.map(({ id, lastSeq, endedAt }) => ({ id, lastSeq, endedAt, sessions: own.get(id) ?? [] }));
}

async function readUploads(tx: Queryable, drafts: readonly Draft[]): Promise<Map<string, KnownUpload>> {
  const ids = unique(drafts.flatMap(({ image }) => (image?.uploadId == null ? [] : [image.uploadId])));
  if (ids.length === 0) return new Map();
  return byId(await tx.$queryRaw<KnownUpload[]>`SELECT id, "clientId", name, "mimeType" FROM "Upload" WHERE id = ANY(${ids}::uuid[])`);
}
