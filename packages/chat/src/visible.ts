import { Prisma, type PrismaClient } from '@switchboard/database';
import { errorFor, invalidField } from '@switchboard/protocol';

import type { Actor } from './actor.ts';
import { chatOver, conversationNotFound, visitorBlocked } from './refusals.ts';

/** A Prisma client, or a transaction of it. */
export type Queryable = Pick<PrismaClient, '$queryRaw' | '$executeRaw'>;

/** PostgreSQL's largest `integer`: no id and no seq is above it. */
export const MAX_INTEGER = 2_147_483_647;

/**
 * The clients that this actor sees, as an item `c` for FROM: every row for administrators, supervisors and the installation; for other operators those of
 * their teams, of no team, and their own; for a visitor their own, as long as their session belongs to it (a token from before a restored backup may name
 * another visitor's row); none for an anonymous actor. Every query that selects clients uses this function, so that a new limit on what an actor sees is a
 * change in one place.
 */
export function clientsSeenBy(actor: Actor): Prisma.Sql {
  const limited = operatorWithLimitedSight(actor);
  if (limited !== null) return Prisma.sql`(SELECT c.* FROM "Client" c WHERE ${isSeenByOperator(Prisma.sql`${limited}::int`)}) c`;
  if (actor.kind === 'operator' || actor.kind === 'system') return Prisma.sql`"Client" c`;
  if (actor.kind === 'anonymous') return Prisma.sql`(SELECT v.* FROM "Client" v WHERE false) c`;
  return Prisma.sql`(
    SELECT v.* FROM "Client" v WHERE v.id = ${actor.clientId}::int
      AND EXISTS (SELECT FROM "ChatSession" s WHERE s.id = ${actor.sessionId}::uuid AND s."clientId" = v.id)
  ) c`;
}

/** The id of an operator who does not see every conversation, null for any other actor. */
export function operatorWithLimitedSight(actor: Actor): number | null {
  return actor.kind === 'operator' && actor.role === 'OPERATOR' ? actor.userId : null;
}

/** A condition: an operator who does not see every conversation sees the client `c`. @param operatorId their id, a number */
export function isSeenByOperator(operatorId: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`(c."teamId" IS NULL OR c."assigneeId" = ${operatorId}
    OR EXISTS (SELECT FROM "TeamMember" t WHERE t."teamId" = c."teamId" AND t."userId" = ${operatorId}))`;
}

/**
 * The id of the client that the actor means: always their own for a visitor, the one that they name for everybody else.
 *
 * @throws ChatError `unauthenticated` for an anonymous actor, `not_found` for a visitor who names another client, `invalid_request` for anybody else who names
 * none
 */
export function clientMeant(actor: Actor, asked: number | null | undefined): number {
  if (actor.kind === 'anonymous') throw errorFor('token_required');
  if (actor.kind === 'visitor') {
    if (asked != null && asked !== actor.clientId) throw conversationNotFound();
    return actor.clientId;
  }
  if (asked == null) throw invalidField('clientId', 'must name the conversation');
  if (asked < 1 || asked > MAX_INTEGER) throw conversationNotFound();
  return asked;
}

/** A condition: the visitor has ended the chat that their token belongs to. Such a token gives access to the last page of messages only. */
export function sessionEnded(actor: Actor): Prisma.Sql {
  if (actor.kind !== 'visitor') return Prisma.sql`false`;
  return Prisma.sql`EXISTS (SELECT FROM "ChatSession" e WHERE e.id = ${actor.sessionId}::uuid AND e."endedAt" IS NOT NULL)`;
}

/** @throws ChatError `blocked` for a blocked visitor; operators may still see and change the conversation */
export function refuseBlocked(actor: Actor, client: Pick<ClientState, 'blockedAt'>): void {
  if (actor.kind === 'visitor' && client.blockedAt !== null) throw visitorBlocked();
}

/** What the verbs need to know about a client apart from its messages. */
export interface ClientState {
  readonly id: number;
  readonly username: string;
  readonly lastSeq: number;
  readonly unreadCount: number;
  readonly endedAt: Date | null;
  readonly blockedAt: Date | null;
  /** Who has its newest chat. */
  readonly teamId: number | null;
  readonly assigneeId: number | null;
  /** The visitor who asks has ended this chat. */
  readonly sessionEnded: boolean;
  /** Which history of the data this is (see `readEpoch`). */
  readonly epoch: string;
  readonly clientDeliveredSeq: number;
  readonly clientReadSeq: number;
  readonly operatorDeliveredSeq: number;
  readonly operatorReadSeq: number;
  /** On the relay; null for a client that never had a session. */
  readonly address: string | null;
}

const CLIENT_COLUMNS = Prisma.sql`c.id, c.username, c."lastSeq", c."unreadCount", c."endedAt", c."blockedAt", c."teamId", c."assigneeId", c."clientDeliveredSeq", c."clientReadSeq",
  c."operatorDeliveredSeq", c."operatorReadSeq",
  (SELECT epoch FROM "Installation") AS epoch,
  (SELECT COALESCE(s."clientSocketId", s.id::text) FROM "ChatSession" s WHERE s."clientId" = c.id ORDER BY s."startedAt" DESC LIMIT 1) AS address`;

/**
 * Reads the client that the actor means.
 *
 * @throws ChatError as `clientMeant`, `not_found`, for a visitor `blocked` and `unauthenticated` (they have ended this chat)
 */
export async function readClient(db: Queryable, actor: Actor, asked: number | null | undefined): Promise<ClientState> {
  return admitted(actor, await selectClient(db, actor, asked, Prisma.empty));
}

/**
 * The same under the client's row lock, which every change of its counters or messages takes first. NO KEY UPDATE excludes others who take it, but allows
 * inserting rows that refer to the client (an upload, a session).
 */
export async function lockClient(tx: Queryable, actor: Actor, asked: number | null | undefined): Promise<ClientState> {
  return admitted(actor, await selectClient(tx, actor, asked, LOCK));
}

/** The same, also for a visitor who has ended the chat, so that ending it again succeeds. */
export async function lockOwnClient(tx: Queryable, actor: Actor, asked: number | null | undefined): Promise<ClientState> {
  const client = await selectClient(tx, actor, asked, LOCK);
  return admitted(actor, client === undefined ? undefined : { ...client, sessionEnded: false });
}

const LOCK = Prisma.sql`FOR NO KEY UPDATE OF c`;

async function selectClient(
  db: Queryable,
  actor: Actor,
  asked: number | null | undefined,
  lock: Prisma.Sql,
): Promise<ClientState | undefined> {
  const id = clientMeant(actor, asked);
  const [client] = await db.$queryRaw<ClientState[]>`
    SELECT ${CLIENT_COLUMNS}, ${sessionEnded(actor)} AS "sessionEnded" FROM ${clientsSeenBy(actor)} WHERE c.id = ${id}::int ${lock}`;
  return client;
}

function admitted(actor: Actor, client: ClientState | undefined): ClientState {
  if (client === undefined) throw conversationNotFound();
  refuseBlocked(actor, client);
  if (client.sessionEnded) throw chatOver();
  return client;
}
