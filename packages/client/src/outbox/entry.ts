import { savedBody, unreachable } from '@switchboard/protocol/body';
import type { BodyType, MessageBody, NewMessage } from '@switchboard/protocol/types';

import { conversationMessageId } from '../model/message-id.ts';

/** Format of stored entries; raise it when a field changes its meaning and teach `readEntry` the older one. */
export const ENTRY_VERSION = 1;

/** A picture to send: the bytes until they are uploaded, the URL from then on. */
export interface OutboxImage {
  readonly blob: Blob | null;
  readonly url: string | null;
  readonly name: string;
  readonly mimeType: string;
  readonly width: number | null;
  readonly height: number | null;
}

/** A message that the database does not have yet, as far as is known here. */
export interface OutboxEntry {
  readonly version: number;
  /** Place in the queue, given by the store: entries leave in this order, per conversation. */
  readonly order: number;
  /** The message key, made when the person pressed send. */
  readonly key: string;
  /** Whose outbox: people who share a browser never send each other's messages. */
  readonly owner: string;
  readonly clientId: number;
  /** The session of a visitor's own conversation: a restored database may give its client id to somebody else. Null where nobody knows. */
  readonly sessionId: string | null;
  /** `CLIENT` in a console's outbox: saved on the visitor's behalf. */
  readonly senderType: 'CLIENT' | 'OPERATOR';
  /** The address that a message saved on a visitor's behalf came from. */
  readonly clientSocketId: string | null;
  readonly body: MessageBody<OutboxImage>;
  /** When it was sent, ISO-8601, by the server's clock as well as it is known here. */
  readonly createdAt: string;
  /** Why the server refused it for good: a `ProblemKey`, or a sentence of an older build. Null while it is waiting to be saved. */
  readonly failure: string | null;
}

/** What a sender gives; the outbox adds the rest. */
export type NewEntry = Omit<OutboxEntry, 'version' | 'order' | 'owner' | 'failure' | 'sessionId'> & {
  readonly failure?: string | null;
  readonly sessionId?: string | null;
};

/** The identity of an entry among all that a disk holds: other people's, and the same key of another side or conversation, are other entries. */
export function entryId(entry: Pick<OutboxEntry, 'owner' | 'clientId' | 'senderType' | 'key'>): string {
  return `${entry.owner} ${conversationMessageId(entry)}`;
}

/**
 * An entry as it is on disk: the body in fields of its own, as the first build has them. Tabs of older builds open the same disk, and send what they read there.
 */
export type StoredEntry<Entry = OutboxEntry> = Omit<Entry, 'body'> & {
  /** Missing in what older builds wrote: these had texts and pictures. */
  readonly type: BodyType;
  readonly text: string | null;
  readonly image: OutboxImage | null;
};

/** The entry as it goes to disk. */
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

/** The body of a stored entry, as its type says, or in what an older build wrote, as its fields say. */
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
      // A newer build, in another tab, has written a type that this one does not know: its words are all that can be shown here.
      return { type: 'text', text: text ?? '' };
  }
}

/** Reads what is on disk, whichever build wrote it: null when it is no entry at all. */
export function readEntry(stored: unknown): OutboxEntry | null {
  if (typeof stored !== 'object' || stored === null) return null;
  // Written by this code or an older build of it; what an older one did not know gets its default here.
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

/** The file that goes with an entry, undefined where none does. */
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

/** The entry as the save request says it. */
export function toNewMessage(entry: OutboxEntry, asOperator: boolean): NewMessage {
  return {
    messageKey: entry.key,
    ...savedBody(entry.body),
    sentAt: entry.createdAt,
    ...(asOperator ? { clientId: entry.clientId, senderType: entry.senderType } : {}),
    ...(entry.clientSocketId === null ? {} : { clientSocketId: entry.clientSocketId }),
  };
}

/** The entry without its place in this outbox. */
export function withoutPlace({ order: _order, version: _version, owner: _owner, ...entry }: OutboxEntry): NewEntry {
  return entry;
}
