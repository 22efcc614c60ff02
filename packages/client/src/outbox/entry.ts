import { savedBody, unreachable } from '@switchboard/protocol/body';
import type { BodyType, MessageBody, NewMessage } from '@switchboard/protocol/types';

import { conversationMessageId } from '../model/message-id.ts';

/** Format of stored entries. Raise it when a field changes its meaning, and make `readEntry` read the older format. */
export const ENTRY_VERSION = 1;

/** A picture to send: its bytes until they are uploaded, its URL from then on. */
export interface OutboxImage {
  readonly blob: Blob | null;
  readonly url: string | null;
  readonly name: string;
  readonly mimeType: string;
  readonly width: number | null;
  readonly height: number | null;
}

/** A message that is not known to be saved yet. */
export interface OutboxEntry {
  readonly version: number;
  /** Position in the queue, assigned by the store: the entries of a conversation are sent in this order. */
  readonly order: number;
  /** The message key, created when the person pressed send. */
  readonly key: string;
  /** Owner of the entry: people who share a browser never send each other's messages. */
  readonly owner: string;
  readonly clientId: number;
  /** The session of a visitor's own conversation: a restored database may assign its client id to another visitor. Null when unknown. */
  readonly sessionId: string | null;
  /** `CLIENT` in a console's outbox: saved on the visitor's behalf. */
  readonly senderType: 'CLIENT' | 'OPERATOR';
  /** The address that a message saved on a visitor's behalf came from. */
  readonly clientSocketId: string | null;
  readonly body: MessageBody<OutboxImage>;
  /** When it was sent, ISO-8601: the best estimate of the server's time. */
  readonly createdAt: string;
  /** Why the server refused it for good: a `ProblemKey`, or a sentence of an older build. Null while it is waiting to be saved. */
  readonly failure: string | null;
}

/** An entry without the fields that the outbox adds. */
export type NewEntry = Omit<OutboxEntry, 'version' | 'order' | 'owner' | 'failure' | 'sessionId'> & {
  readonly failure?: string | null;
  readonly sessionId?: string | null;
};

/** The identity of an entry among all stored entries: the same key of another owner, side or conversation is another entry. */
export function entryId(entry: Pick<OutboxEntry, 'owner' | 'clientId' | 'senderType' | 'key'>): string {
  return `${entry.owner} ${conversationMessageId(entry)}`;
}

/**
 * An entry as it is stored: the parts of the body are separate fields, as in the first build. Tabs of older builds open the same database and send what they
 * read there.
 */
export type StoredEntry<Entry = OutboxEntry> = Omit<Entry, 'body'> & {
  /** Missing in entries of older builds, which had only texts and pictures. */
  readonly type: BodyType;
  readonly text: string | null;
  readonly image: OutboxImage | null;
};

/** The entry as it is stored. */
export function storedEntry<Entry extends Pick<OutboxEntry, 'body'>>({ body, ...rest }: Entry): StoredEntry<Entry> {
  switch (body.type) {
    case 'text':
      return { ...rest, type: body.type, text: body.text, image: null };
    case 'image':
      return { ...rest, type: body.type, text: body.text, image: body.image };
    default:
      return unreachable(body);
  }
}

/** The body of a stored entry: by its type or, in an entry of an older build, by its fields. */
function storedBody(stored: Partial<StoredEntry>): MessageBody<OutboxImage> {
  const { text = null, image = null } = stored;
  switch (stored.type) {
    case 'text':
      return { type: 'text', text: text ?? '' };
    case 'image':
    case undefined:
      return image === null ? { type: 'text', text: text ?? '' } : { type: 'image', image, text };
    default:
      stored.type satisfies never;
      // A tab of a newer build has written a type that this build does not know: only its text can be shown.
      return { type: 'text', text: text ?? '' };
  }
}

/** Reads a stored entry of any build; null when the value is not an entry. */
export function readEntry(stored: unknown): OutboxEntry | null {
  if (typeof stored !== 'object' || stored === null) return null;
  // Written by this build or an older one; fields that an older build did not have get their defaults.
  const entry = stored as Partial<StoredEntry & { messageKey: string }>;
  if (typeof entry.key !== 'string' || typeof entry.order !== 'number' || typeof entry.clientId !== 'number') return null;
  return {
    version: ENTRY_VERSION,
    order: entry.order,
    key: entry.messageKey ?? entry.key,
    owner: entry.owner ?? '',
    clientId: entry.clientId,
    sessionId: entry.sessionId ?? null,
    senderType: entry.senderType ?? 'CLIENT',
    clientSocketId: entry.clientSocketId ?? null,
    body: storedBody(entry),
    createdAt: entry.createdAt ?? new Date(0).toISOString(),
    failure: entry.failure ?? null,
  };
}

/** The file of an entry, undefined when it has none. */
export function fileOf({ body }: Pick<OutboxEntry, 'body'>): OutboxImage | undefined {
  switch (body.type) {
    case 'text':
      return undefined;
    case 'image':
      return body.image;
    default:
      return unreachable(body);
  }
}

/** The entry as the save request sends it. */
export function toNewMessage(entry: OutboxEntry, asOperator: boolean): NewMessage {
  return {
    messageKey: entry.key,
    ...savedBody(entry.body),
    sentAt: entry.createdAt,
    ...(asOperator ? { clientId: entry.clientId, senderType: entry.senderType } : {}),
    ...(entry.clientSocketId === null ? {} : { clientSocketId: entry.clientSocketId }),
  };
}

/** The entry without its position in this outbox. */
export function withoutPlace({ order: _order, version: _version, owner: _owner, ...entry }: OutboxEntry): NewEntry {
  return entry;
}
