import type { NewMessage } from '@switchboard/protocol/types';

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
  readonly text: string | null;
  readonly image: OutboxImage | null;
  /** When it was sent, ISO-8601, by the server's clock as well as it is known here. */
  readonly createdAt: string;
  /** Why the server refused it for good; null while it is waiting to be saved. */
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

/** Reads what is on disk, whichever build wrote it: null when it is no entry at all. */
export function readEntry(stored: unknown): OutboxEntry | null {
  if (typeof stored !== 'object' || stored === null) return null;
  // Written by this code or an older build of it; what an older one did not know gets its default here.
  const entry = stored as Partial<OutboxEntry & { messageKey: string }>;
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
    text: entry.text ?? null,
    image: entry.image ?? null,
    createdAt: entry.createdAt ?? new Date(0).toISOString(),
    failure: entry.failure ?? null,
  };
}

/** The entry as the save request says it. */
export function toNewMessage(entry: OutboxEntry, asOperator: boolean): NewMessage {
  return {
    messageKey: entry.key,
    messageType: entry.image === null ? 'TEXT' : 'IMAGE',
    ...(entry.text === null ? {} : { text: entry.text }),
    ...(entry.image === null ? {} : { imageUrl: entry.image.url, imageName: entry.image.name, mimeType: entry.image.mimeType }),
    sentAt: entry.createdAt,
    ...(asOperator ? { clientId: entry.clientId, senderType: entry.senderType } : {}),
    ...(entry.clientSocketId === null ? {} : { clientSocketId: entry.clientSocketId }),
  };
}
