import { ChatError, errorFor, mapImage } from '@switchboard/protocol';

import { chatOver, conversationNotFound, visitorBlocked } from '../../refusals.ts';
import { uploadOf, type Draft, type Target } from './draft.ts';
import type { MessageValues } from './message-columns.ts';
import { identityOf, type MessageIdentity } from './message-identity.ts';

/** A message of one of the drafts' identities that the database has already. */
export interface KnownMessage extends MessageIdentity {
  readonly id: number;
  /** Who wrote it; null for a visitor's. */
  readonly operatorId: number | null;
  readonly seq: number;
  readonly createdAt: Date;
}

/** A client whose row is locked, with its sessions (newest first). */
export interface KnownClient {
  readonly id: number;
  readonly lastSeq: number;
  readonly endedAt: Date | null;
  readonly blockedAt: Date | null;
  readonly doneAt: Date | null;
  readonly chatOpenedAt: Date | null;
  readonly snoozedAt: Date | null;
  readonly snoozedUntil: Date | null;
  readonly teamId: number | null;
  readonly assigneeId: number | null;
  /** Of the operators who write and do not see every conversation: the ids of those who see this one. */
  readonly seenBy: readonly number[];
  readonly sessions: readonly KnownSession[];
}

export interface KnownSession {
  readonly id: string;
  readonly clientSocketId: string | null;
  readonly lastSeenAt: Date;
  /** The visitor has ended the chat that this session belongs to. */
  readonly endedAt: Date | null;
}

export interface KnownUpload {
  readonly id: string;
  readonly clientId: number;
  readonly name: string;
  readonly mimeType: string;
}

/** What planning needs, read under the locks. */
export interface PlanInput {
  readonly clients: ReadonlyMap<number, KnownClient>;
  /** Address (socket id or session id) → client. */
  readonly addresses: ReadonlyMap<string, number>;
  readonly uploads: ReadonlyMap<string, KnownUpload>;
  /** By `identityOf`. */
  readonly messages: ReadonlyMap<string, KnownMessage>;
}

/** A row to insert, without its id, which the database assigns. */
export interface PlannedMessage extends MessageValues, MessageIdentity {
  readonly target: Target;
  readonly seq: number;
}

/** The answer for one message of a request: an existing row, or one that will be inserted. */
export interface PlannedAnswer {
  readonly message: KnownMessage | PlannedMessage;
  readonly duplicate: boolean;
}

export interface GroupPlan {
  /** In the order of their numbers, per client. */
  readonly inserts: readonly PlannedMessage[];
  /** For each request, in order: its answers, or why it is refused as a whole. */
  readonly answers: readonly (readonly PlannedAnswer[] | ChatError)[];
}

/** The client that a target means, if it exists (and, for a visitor, if its session is still this client's). */
function findClient(target: Target, input: Pick<PlanInput, 'clients' | 'addresses'>): KnownClient | undefined {
  if (target.kind === 'address') return input.clients.get(input.addresses.get(target.address) ?? 0);
  const client = input.clients.get(target.clientId);
  if (target.sessionId === null) return client;
  return client !== undefined && sessionOf(target, client) !== undefined ? client : undefined;
}

/** The session that a visitor's token belongs to, if it is this client's. */
function sessionOf(target: Target, client: KnownClient): KnownSession | undefined {
  const own = target.kind === 'client' ? target.sessionId?.toLowerCase() : undefined;
  return client.sessions.find(({ id }) => id === own);
}

/**
 * Numbers the messages of all requests in the order given. Pure: everything it depends on is in `input`, which must have been read while the
 * clients were locked. A request is accepted or refused as a whole, and a refused one leaves no gap in the numbers.
 */
export function planGroup(requests: readonly (readonly Draft[])[], input: PlanInput): GroupPlan {
  const inserts: PlannedMessage[] = [];
  const planned = new Map<string, PlannedMessage>();
  const lastSeqs = new Map<number, number>();

  const planRequest = (drafts: readonly Draft[]): PlannedAnswer[] => {
    const pending = new Map<string, PlannedMessage>();
    const next = new Map<number, number>();
    const answers = drafts.map((draft): PlannedAnswer => {
      const client = findClient(draft.target, input);
      if (client === undefined) throw conversationNotFound();
      const identity = identityOf({ clientId: client.id, senderType: draft.senderType, messageKey: draft.messageKey });
      const before = input.messages.get(identity) ?? planned.get(identity);
      const known = before ?? pending.get(identity);
      if (known !== undefined) {
        // Operators receive one another's keys, too: one operator's message is never answered as another's.
        if (known.operatorId !== draft.operatorId) throw keyTaken(draft.messageKey);
        return { message: known, duplicate: before !== undefined };
      }
      // Checked after the key: a message committed before its writer lost sight of the conversation, before the visitor was blocked, or ended the chat, is
      // answered as a duplicate.
      if (draft.onlySeenBy !== null && !client.seenBy.includes(draft.onlySeenBy)) throw conversationNotFound();
      if (client.blockedAt !== null) throw blockedFor(draft);
      if (sessionOf(draft.target, client)?.endedAt != null) throw chatOver();
      const seq = (next.get(client.id) ?? lastSeqs.get(client.id) ?? client.lastSeq) + 1;
      const message = planMessage(draft, client, seq, input.uploads);
      next.set(client.id, seq);
      pending.set(identity, message);
      return { message, duplicate: false };
    });
    for (const [clientId, seq] of next) lastSeqs.set(clientId, seq);
    for (const [identity, message] of pending) {
      planned.set(identity, message);
      inserts.push(message);
    }
    return answers;
  };

  const answers = requests.map((drafts) => {
    try {
      return planRequest(drafts);
    } catch (error) {
      if (error instanceof ChatError) return error;
      throw error;
    }
  });
  return { inserts, answers };
}

function planMessage(draft: Draft, client: KnownClient, seq: number, uploads: PlanInput['uploads']): PlannedMessage {
  const uploadId = uploadOf(draft);
  const upload = uploadId === null ? undefined : uploads.get(uploadId);
  if (uploadId !== null && upload?.clientId !== client.id) {
    throw errorFor('picture_gone');
  }
  return {
    ...draft,
    clientId: client.id,
    seq,
    body: mapImage(draft.body, ({ url, name, mimeType }) => ({
      url,
      name: name ?? upload?.name ?? null,
      mimeType: mimeType ?? upload?.mimeType ?? null,
    })),
    sessionId: draft.sessionId ?? client.sessions[0]?.id ?? null,
  };
}

function blockedFor({ savedById, operatorId }: Draft): ChatError {
  if (savedById === null && operatorId === null) return visitorBlocked();
  return errorFor('visitor_blocked');
}

function keyTaken(messageKey: string): ChatError {
  return errorFor('message_key_taken', { messageKey }, { fields: { messageKey: 'is taken' } });
}
