import { isUniqueViolation, Prisma } from '@switchboard/database';
import type { Audience } from '@switchboard/protocol';

import { opensChat } from '../../chats/opening.ts';
import type { Context } from '../../context.ts';
import { conversationChanged } from '../../effects.ts';
import { groupBy } from '../../group-by.ts';
import { isUuid } from '../../uuid.ts';
import { SEEN_EVERY_MS } from './commit-planned.ts';
import { uploadOf, type Draft } from './draft.ts';
import { insertOfMessages, type NewRow } from './message-columns.ts';
import { identityOf } from './message-identity.ts';
import { clientColumns, waitingChange, type WaitingChange } from './waiting-change.ts';
import type { SaveResult } from './write-group.ts';

type Request = readonly Draft[];

/** Inserts messages of the clients in `counted`, numbered after their `base`. */
const insertCounted = insertOfMessages({
  instead: { seq: 'c.base + m.seq', sessionId: 'COALESCE(m."sessionId", c."sessionId")' },
  join: 'JOIN counted c ON c.id = m."clientId"',
});

/** A new message, or a client (`id` is null): then `seq` is the number before its first new message, and `address` its visitor's on the relay, and team and assignee are set. */
interface Written {
  readonly clientId: number;
  readonly id: number | null;
  readonly seq: number;
  readonly address: string | null;
  readonly teamId: number | null;
  readonly assigneeId: number | null;
}

/** A client that got new rows, and their ids in the order of their numbers. */
interface WrittenClient extends Audience {
  readonly base: number;
  readonly address: string | null;
  readonly ids: number[];
  /** How many of them were assigned to a request already. */
  given: number;
}

/**
 * Saves the ordinary requests, nearly all of them, in one statement: a single round trip, in which the database counts and numbers. A request without a
 * result was not written: `writeGroup` has to.
 *
 * @throws whatever the database throws; then nothing was saved by this call, unless the connection broke during the commit
 */
export async function writeAtOnce(ctx: Context, requests: readonly Request[]): Promise<(SaveResult | undefined)[]> {
  const ordinary = ordinaryRequests(requests);
  if (ordinary.size === 0) return requests.map(() => undefined);
  const statement = saveStatement([...ordinary].flat(), ctx.clock());
  let rows: Written[];
  try {
    rows = await ctx.db.transact(async (tx) => await tx.commit<Written>(statement));
  } catch (error) {
    // Another transaction saved one of the keys at the same moment.
    if (isUniqueViolation(error)) return requests.map(() => undefined);
    throw error;
  }
  const written = writtenClients(rows);
  return requests.map((drafts) => (ordinary.has(drafts) ? resultOf(drafts, written) : undefined));
}

function writtenClients(rows: readonly Written[]): Map<number, WrittenClient> {
  const clients = new Map<number, WrittenClient>();
  for (const { clientId, id, seq, address, teamId, assigneeId } of rows)
    if (id === null) clients.set(clientId, { base: seq, address, teamId, assigneeId, ids: [], given: 0 });
  for (const { clientId, id, seq } of rows) {
    const client = clients.get(clientId);
    if (id !== null && client !== undefined) client.ids[seq - client.base - 1] = id;
  }
  return clients;
}

/**
 * The result of a request: its client's next numbers, which were assigned in the order of the requests. A client's requests are written together or not at
 * all, so a request has all its rows or none.
 */
function resultOf(drafts: Request, written: ReadonlyMap<number, WrittenClient>): SaveResult | undefined {
  const client = written.get(clientIds(drafts)[0] ?? 0);
  if (client === undefined) return undefined;
  const { base, ids, address, teamId, assigneeId } = client;
  const messages = drafts.map(({ messageKey, createdAt }) => {
    const id = ids[client.given];
    if (id === undefined) throw new Error(`No id came back for the message key ${messageKey}.`);
    client.given += 1;
    return { messageKey, id, seq: base + client.given, createdAt: createdAt.toISOString(), duplicate: false };
  });
  const [first] = drafts;
  const clientId = first?.target.kind === 'client' ? first.target.clientId : 0;
  return {
    messages,
    effects: [conversationChanged({ id: clientId, address, teamId, assigneeId, lastSeq: base + client.given }, 'messages')],
  };
}

/**
 * The ordinary requests: each names one client by its id, repeats no key and has no upload. If one request of a client is not ordinary, none of that client's
 * is, because they must not overtake it. For the same reason, every request after one that names its client by an address is not ordinary.
 */
function ordinaryRequests(requests: readonly Request[]): Set<Request> {
  const keys = new Set<string>();
  const sessions = new Map<number, string>();
  const writers = new Map<number, number>();
  const special = new Set<number>();
  const isOrdinary = (drafts: Request, clientId: number) =>
    drafts.every((draft) => {
      const { messageKey, senderType, target, onlySeenBy } = draft;
      const identity = identityOf({ clientId, senderType, messageKey });
      if (target.kind !== 'client' || target.clientId !== clientId || uploadOf(draft) !== null || keys.has(identity)) return false;
      keys.add(identity);
      // The statement checks the sight of one operator per client.
      if (onlySeenBy !== null && !writers.has(clientId)) writers.set(clientId, onlySeenBy);
      if (onlySeenBy !== null && writers.get(clientId) !== onlySeenBy) return false;
      if (target.sessionId === null) return true;
      if (!sessions.has(clientId)) sessions.set(clientId, target.sessionId);
      return isUuid(target.sessionId) && sessions.get(clientId) === target.sessionId;
    });
  const unknown = requests.findIndex((drafts) => drafts.some(({ target }) => target.kind !== 'client'));
  const candidates = requests
    .slice(0, unknown === -1 ? requests.length : unknown)
    .map((drafts): [number, Request] => [clientIds(drafts)[0] ?? 0, drafts]);
  for (const [clientId, drafts] of candidates) {
    if (!isOrdinary(drafts, clientId)) for (const id of clientIds(drafts)) special.add(id);
  }
  return new Set(candidates.filter(([clientId]) => clientId !== 0 && !special.has(clientId)).map(([, drafts]) => drafts));
}

function clientIds(drafts: Request): number[] {
  return drafts.flatMap(({ target }) => (target.kind === 'client' ? [target.clientId] : []));
}

/**
 * Counts, which locks the client's row, and numbers by that count. Leaves out a client, with all its messages, when it does not exist, is ended or blocked,
 * when the messages open a chat or end a snooze, when an operator writes who may see it only as a member of its team, when the visitor's session belongs to
 * another client or has ended, or when one of the keys exists already. (`+ 0` keeps the index by client out of the look-up of keys: it would be scanned for the
 * whole conversation for each message.)
 */
function saveStatement(drafts: Request, now: Date): Prisma.Sql {
  const at = now.toISOString();
  const seenBefore = new Date(now.getTime() - SEEN_EVERY_MS).toISOString();
  const messages = numberedByClient(drafts);
  const column = <T>(read: (message: Numbered) => T): T[] => messages.map(read);
  const clients = [...groupBy(messages, ({ clientId }) => clientId)].toSorted(([a], [b]) => a - b).map(([, own]) => sumUp(own));
  const sum = <T>(read: (client: Summed) => T): T[] => clients.map(read);
  const sight = sightSql(sum((c) => c.onlySeenBy));
  return Prisma.sql`
    WITH counted AS (
      UPDATE "Client" c SET ${clientColumns(Prisma.sql`c."lastSeq" + n.added`, at)}
      FROM unnest(
        ${sum((c) => c.clientId)}::int[], ${sum((c) => c.added)}::int[], ${sum((c) => c.unread)}::int[], ${sum((c) => c.answered)}::boolean[],
        ${sum((c) => c.since?.toISOString() ?? null)}::timestamptz[], ${sum((c) => c.sessionId)}::uuid[]${sight.column}
      ) AS n(id, added, unread, answered, since, "sessionId"${sight.name})
      LEFT JOIN "ChatSession" own ON own.id = n."sessionId" AND own."clientId" = n.id
      LEFT JOIN LATERAL (
        SELECT s.id, s."clientSocketId" FROM "ChatSession" s WHERE s."clientId" = n.id ORDER BY s."startedAt" DESC LIMIT 1
      ) AS latest ON true
      WHERE c.id = n.id AND c."endedAt" IS NULL AND c."blockedAt" IS NULL AND (n."sessionId" IS NULL OR (own.id IS NOT NULL AND own."endedAt" IS NULL))
        AND NOT ${opensChat(Prisma.sql`n.unread`)} AND (c."snoozedAt" IS NULL OR n.unread = 0)
        ${sight.condition}
        AND c.id <> ALL (ARRAY(
          SELECT k."clientId" FROM unnest(
            ${column((m) => m.message.messageKey)}::uuid[], ${column((m) => m.clientId)}::int[], ${column((m) => m.message.senderType)}::"MessageSenderType"[]
          ) AS k("messageKey", "clientId", "senderType")
          WHERE EXISTS (
            SELECT FROM "ChatMessage" m
            WHERE m."messageKey" = k."messageKey" AND m."clientId" + 0 = k."clientId" AND m."senderType" = k."senderType"
          )
        ))
      RETURNING c.id, c."lastSeq" - n.added AS base, own.id AS "ownId", own."lastSeenAt", latest.id::text AS "sessionId",
        COALESCE(latest."clientSocketId", latest.id::text) AS address, c."teamId", c."assigneeId"
    ), inserted AS (
      ${insertCounted(messages, at)}
      RETURNING "clientId", id, seq
    ), seen AS (
      UPDATE "ChatSession" s SET "lastSeenAt" = ${at}::timestamptz
      FROM counted c WHERE s.id = c."ownId" AND c."lastSeenAt" < ${seenBefore}::timestamptz
    )
    SELECT "clientId", id, seq, NULL AS address, NULL::int AS "teamId", NULL::int AS "assigneeId" FROM inserted
    UNION ALL SELECT id, NULL, base, address, "teamId", "assigneeId" FROM counted`;
}

/** What the sight of operators adds to the statement; empty where everybody who writes sees every conversation, or is a visitor: nearly always. */
function sightSql(operators: readonly (number | null)[]): Readonly<Record<'column' | 'name' | 'condition', Prisma.Sql>> {
  if (operators.every((operator) => operator === null)) return { column: Prisma.empty, name: Prisma.empty, condition: Prisma.empty };
  return {
    column: Prisma.sql`, ${operators}::int[]`,
    name: Prisma.sql`, "onlySeenBy"`,
    condition: Prisma.sql`AND (n."onlySeenBy" IS NULL OR c."teamId" IS NULL OR c."assigneeId" = n."onlySeenBy")`,
  };
}

interface Numbered extends NewRow {
  readonly message: Draft;
  /** 1 for the client's first message among these. */
  readonly seq: number;
}

function numberedByClient(drafts: Request): Numbered[] {
  const counts = new Map<number, number>();
  return drafts.map((message) => {
    const clientId = message.target.kind === 'client' ? message.target.clientId : 0;
    const seq = (counts.get(clientId) ?? 0) + 1;
    counts.set(clientId, seq);
    return { message, clientId, seq };
  });
}

interface Summed extends WaitingChange {
  readonly clientId: number;
  readonly added: number;
  readonly sessionId: string | null;
  readonly onlySeenBy: number | null;
}

function sumUp(own: readonly Numbered[]): Summed {
  const targets = own.flatMap(({ message: { target } }) => (target.kind === 'client' ? [target] : []));
  return {
    clientId: own[0]?.clientId ?? 0,
    added: own.length,
    ...waitingChange(own.map(({ message }) => message)),
    sessionId: targets.find(({ sessionId }) => sessionId !== null)?.sessionId ?? null,
    onlySeenBy: own.find(({ message }) => message.onlySeenBy !== null)?.message.onlySeenBy ?? null,
  };
}
