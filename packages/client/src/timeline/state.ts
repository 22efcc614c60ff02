import { bodyOfSaved, mapImage } from '@switchboard/protocol/body';
import type { MessageBody, MessagesPage, MessageView, Receipts, SavedMessage } from '@switchboard/protocol/types';

import type { MessageRef } from '../model/message-id.ts';
import type { TimelineImage } from '../model/types.ts';
import type { OutboxEntry } from '../outbox/entry.ts';

/** What a message says, wherever it was learnt. */
export interface Content {
  readonly key: string;
  readonly senderType: 'CLIENT' | 'OPERATOR';
  readonly operatorId: number | null;
  readonly operatorName: string | null;
  readonly body: MessageBody<TimelineImage>;
  /** ISO-8601 UTC with milliseconds. */
  readonly createdAt: string;
}

/** A message of the database. */
export interface SavedRow extends Content {
  readonly seq: number;
}

/** A message seen on the relay. */
export interface LiveMessage extends Content {
  /** False when its sender gave no key: then it is matched with its row by what it says. */
  readonly keyed: boolean;
}

/** What is known of one conversation, apart from the outbox. */
export interface TimelineState {
  /** Rows by seq. */
  readonly rows: ReadonlyMap<number, SavedRow>;
  /** `messageId` → seq. */
  readonly seqs: ReadonlyMap<string, number>;
  /** By `messageId`: provisional, until the row is known. */
  readonly live: ReadonlyMap<string, LiveMessage>;
  /** Everything up to this seq (back to the oldest page) is here; null before the first page. */
  readonly contiguous: number | null;
  /** The oldest seq that has been fetched without a hole; null before the first page. */
  readonly oldest: number | null;
  readonly hasOlder: boolean;
  /** Of the database that the rows are from; null while no page has said. */
  readonly epoch: string | null;
  readonly receipts: Receipts;
  readonly endedAt: string | null;
}

/** What was asked for, that a page answers. The newest and older ones: `DEFAULT_PAGE_SIZE` of them unless `limit` says otherwise. */
export type PageQuery =
  | { readonly afterSeq: number }
  | { readonly beforeSeq: number; readonly limit?: number }
  | { readonly newest: true; readonly limit?: number };

export type TimelineEvent =
  | { readonly type: 'page'; readonly query: PageQuery; readonly page: MessagesPage }
  | { readonly type: 'live'; readonly message: LiveMessage }
  /** The answer to an own save. */
  | { readonly type: 'saved'; readonly row: SavedRow }
  /** Nobody will save it any more: it was refused, or its sender has dropped it. */
  | { readonly type: 'dropped'; readonly message: MessageRef }
  | { readonly type: 'ended'; readonly at: string };

const NO_RECEIPTS: Receipts = { clientDeliveredSeq: 0, clientReadSeq: 0, operatorDeliveredSeq: 0, operatorReadSeq: 0 };

/** A conversation of which nothing is known yet. */
export const EMPTY_TIMELINE: TimelineState = {
  rows: new Map(),
  seqs: new Map(),
  live: new Map(),
  contiguous: null,
  oldest: null,
  hasOlder: false,
  epoch: null,
  receipts: NO_RECEIPTS,
  endedAt: null,
};

/** The row that a fetched message stands for. */
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

/** What an entry of the outbox says; `localUrl` shows its picture while that has no URL of its own. */
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

/** The row that a save answer stands for. */
export function savedRow(content: Content, saved: SavedMessage): SavedRow {
  return { ...content, seq: saved.seq, createdAt: saved.createdAt };
}
