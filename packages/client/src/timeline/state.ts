import { bodyOfSaved, mapImage } from '@switchboard/protocol/body';
import type { MessageBody, MessagesPage, MessageView, Receipts, SavedMessage } from '@switchboard/protocol/types';

import type { MessageRef } from '../model/message-id.ts';
import type { TimelineImage } from '../model/types.ts';
import type { OutboxEntry } from '../outbox/entry.ts';

/** The content of a message, whether from the database, the relay or the outbox. */
export interface Content {
  readonly key: string;
  readonly senderType: 'CLIENT' | 'OPERATOR';
  readonly operatorId: number | null;
  readonly operatorName: string | null;
  readonly body: MessageBody<TimelineImage>;
  /** ISO-8601 UTC with milliseconds. */
  readonly createdAt: string;
}

/** A saved message. */
export interface SavedRow extends Content {
  readonly seq: number;
}

/** A message that the relay delivered. */
export interface LiveMessage extends Content {
  /** False if its sender sent no key: it is matched with its row by content. */
  readonly keyed: boolean;
}

/** What is known about one conversation, apart from the outbox. */
export interface TimelineState {
  /** Rows by seq. */
  readonly rows: ReadonlyMap<number, SavedRow>;
  /** `messageId` → seq. */
  readonly seqs: ReadonlyMap<string, number>;
  /** Provisional messages by `messageId`, until their rows are known. */
  readonly live: ReadonlyMap<string, LiveMessage>;
  /** Every row from `oldest` up to this seq is loaded; null before the first page. */
  readonly contiguous: number | null;
  /** The oldest seq that was fetched without a gap; null before the first page. */
  readonly oldest: number | null;
  readonly hasOlder: boolean;
  /** Epoch of the database that the rows are from; null until a page reports it. */
  readonly epoch: string | null;
  readonly receipts: Receipts;
  /** How far this operator has read the conversation themselves; null for a visitor, and before a server that knows has answered. */
  readonly ownReadSeq: number | null;
  readonly endedAt: string | null;
}

/** The query of a page. Newest and older pages have `DEFAULT_PAGE_SIZE` rows unless `limit` is set. */
export type PageQuery =
  | { readonly afterSeq: number }
  | { readonly beforeSeq: number; readonly limit?: number }
  | { readonly newest: true; readonly limit?: number };

export type TimelineEvent =
  | { readonly type: 'page'; readonly query: PageQuery; readonly page: MessagesPage }
  | { readonly type: 'live'; readonly message: LiveMessage }
  /** The answer to a save request of this page. */
  | { readonly type: 'saved'; readonly row: SavedRow }
  /** The message will not be saved: it was refused, or its sender has discarded it. */
  | { readonly type: 'dropped'; readonly message: MessageRef }
  | { readonly type: 'ended'; readonly at: string };

const NO_RECEIPTS: Receipts = { clientDeliveredSeq: 0, clientReadSeq: 0, operatorDeliveredSeq: 0, operatorReadSeq: 0 };

/** A conversation before the first page. */
export const EMPTY_TIMELINE: TimelineState = {
  rows: new Map(),
  seqs: new Map(),
  live: new Map(),
  contiguous: null,
  oldest: null,
  hasOlder: false,
  epoch: null,
  receipts: NO_RECEIPTS,
  ownReadSeq: null,
  endedAt: null,
};

/** The row of a fetched message. */
export function rowOf(view: MessageView): SavedRow {
  return {
    key: view.messageKey,
    seq: view.seq,
    senderType: view.senderType,
    operatorId: view.operatorId,
    operatorName: view.operatorName,
    body: mapImage(bodyOfSaved(view), (image) => ({ ...image, width: view.imageWidth, height: view.imageHeight })),
    createdAt: view.createdAt,
  };
}

/** The content of an outbox entry; `localUrl` shows its picture until it is uploaded. */
export function contentOf(entry: OutboxEntry, operator: { id: number; name: string } | null, localUrl: string | null): Content {
  const own = entry.senderType === 'OPERATOR';
  return {
    key: entry.key,
    senderType: entry.senderType,
    operatorId: own ? (operator?.id ?? null) : null,
    operatorName: own ? (operator?.name ?? null) : null,
    body: mapImage(entry.body, ({ blob: _blob, url, ...image }) => ({ ...image, url: url ?? localUrl })),
    createdAt: entry.createdAt,
  };
}

/** The row of a message that was just saved. */
export function savedRow(content: Content, saved: SavedMessage): SavedRow {
  return { ...content, seq: saved.seq, createdAt: saved.createdAt };
}
