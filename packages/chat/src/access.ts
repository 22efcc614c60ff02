import { Prisma, type PrismaClient } from '@switchboard/database';
import { ChatError } from '@switchboard/protocol';

import type { Actor, OperatorActor } from './actor.ts';

/** A Prisma client, or a transaction of it. */
export type Queryable = Pick<PrismaClient, '$queryRaw' | '$executeRaw'>;

/** PostgreSQL's largest `integer`: no id and no seq is above it. */
export const MAX_INTEGER = 2_147_483_647;

/** One answer for "is not there" and "is not yours": who may not see it must not learn that it exists. */
export function conversationNotFound(): ChatError {
  return new ChatError('not_found', 'There is no such conversation.');
}

/** What a visitor that is blocked is told, whatever it asks for. */
export function visitorBlocked(): ChatError {
  return new ChatError('blocked', 'You can’t use this chat any more.');
}

/** What a visitor is told who has ended this chat, by a token from before that. */
export function chatOver(): ChatError {
  return new ChatError('unauthenticated', 'This chat has ended.');
}

/** Whether the visitor has ended the chat that their token belongs to: a condition. Such a token opens nothing but the last page. */
export function sessionEnded(actor: Actor): Prisma.Sql {
  if (actor.kind !== 'client') return Prisma.sql`false`;
  return Prisma.sql`EXISTS (SELECT FROM "ChatSession" e WHERE e.id = ${actor.sessionId}::uuid AND e."endedAt" IS NOT NULL)`;
}

/** @throws ChatError `blocked` for a visitor that is; operators may see and change what is there */
export function refuseBlocked(actor: Actor, client: Pick<ClientState, 'blockedAt'>): void {
  if (actor.kind === 'client' && client.blockedAt !== null) throw visitorBlocked();
}

/** @throws ChatError `unauthenticated` or `forbidden` for everybody but operators */
export function requireOperator(actor: Actor): OperatorActor {
  if (actor.kind === 'operator') return actor;
  if (actor.kind === 'anonymous') throw new ChatError('unauthenticated', 'Sign in first.');
  throw new ChatError('forbidden', 'Only operators may do this.');
}

/**
 * Which client the actor means: a visitor always its own, an operator the one that it names.
 *
 * @throws ChatError `unauthenticated` for anonymous actors, `not_found` for a visitor that names another client, `invalid_request` for an operator
 * that names none
 */
export function clientMeant(actor: Actor, asked: number | null | undefined): number {
  if (actor.kind === 'anonymous') throw new ChatError('unauthenticated', 'A token or a signed-in session is needed.');
  if (actor.kind === 'client') {
    if (asked != null && asked !== actor.clientId) throw conversationNotFound();
    return actor.clientId;
  }
  if (asked == null) {
    throw new ChatError('invalid_request', 'clientId: an operator has to say which conversation.', { fields: { clientId: 'is missing' } });
  }
  if (asked < 1 || asked > MAX_INTEGER) throw conversationNotFound();
  return asked;
}

/**
 * The only door to a client's rows: a condition on `"Client" c` that holds for the one client this actor means and may touch, and for no row
 * otherwise (then: `conversationNotFound`). A visitor's session must still belong to the client, so that a token from before a database was
 * restored does not open somebody else's conversation.
 *
 * @throws ChatError as `clientMeant`
 */
export function allowedClient(actor: Actor, asked: number | null | undefined): Prisma.Sql {
  const id = clientMeant(actor, asked);
  if (actor.kind !== 'client') return Prisma.sql`c.id = ${id}::int`;
  return Prisma.sql`c.id = ${id}::int AND EXISTS (SELECT FROM "ChatSession" s WHERE s.id = ${actor.sessionId}::uuid AND s."clientId" = c.id)`;
}

/** What the verbs need to know of a client beside its messages. */
export interface ClientState {
  readonly id: number;
  readonly username: string;
  readonly lastSeq: number;
  readonly unreadCount: number;
  readonly endedAt: Date | null;
  readonly blockedAt: Date | null;
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

const CLIENT_COLUMNS = Prisma.sql`c.id, c.username, c."lastSeq", c."unreadCount", c."endedAt", c."blockedAt", c."clientDeliveredSeq", c."clientReadSeq",
  c."operatorDeliveredSeq", c."operatorReadSeq",
  (SELECT epoch FROM "Installation") AS epoch,
  (SELECT COALESCE(s."clientSocketId", s.id::text) FROM "ChatSession" s WHERE s."clientId" = c.id ORDER BY s."startedAt" DESC LIMIT 1) AS address`;

/**
 * Reads the client that the actor means.
 *
 * @throws ChatError as `clientMeant`, `not_found`, for a visitor `blocked` and `unauthenticated` (they have ended this chat)
 */
export async function readClient(db: Queryable, actor: Actor, asked: number | null | undefined): Promise<ClientState> {
  const where = allowedClient(actor, asked);
  const [client] = await db.$queryRaw<
    ClientState[]
  >`SELECT ${CLIENT_COLUMNS}, ${sessionEnded(actor)} AS "sessionEnded" FROM "Client" c WHERE ${where}`;
  return admitted(actor, client);
}

function admitted(actor: Actor, client: ClientState | undefined): ClientState {
  if (client === undefined) throw conversationNotFound();
  refuseBlocked(actor, client);
  if (client.sessionEnded) throw chatOver();
  return client;
}

/**
 * The same under the client's row lock, which everybody who changes its counters or adds messages takes first. NO KEY UPDATE: it shuts out the
 * others who take it, but not rows that merely refer to the client (an upload, a session).
 */
export async function lockClient(tx: Queryable, actor: Actor, asked: number | null | undefined): Promise<ClientState> {
  return admitted(actor, await lockAny(tx, actor, asked));
}

/** The same for a visitor, too, who has ended the chat: for ending it once more. */
export async function lockOwnClient(tx: Queryable, actor: Actor, asked: number | null | undefined): Promise<ClientState> {
  const client = await lockAny(tx, actor, asked);
  return admitted(actor, client === undefined ? undefined : { ...client, sessionEnded: false });
}

async function lockAny(tx: Queryable, actor: Actor, asked: number | null | undefined): Promise<ClientState | undefined> {
  const where = allowedClient(actor, asked);
  const [client] = await tx.$queryRaw<
    ClientState[]
  >`SELECT ${CLIENT_COLUMNS}, ${sessionEnded(actor)} AS "sessionEnded" FROM "Client" c WHERE ${where} FOR NO KEY UPDATE OF c`;
  return client;
}
