import { mapImage } from '@switchboard/protocol/body';

import { messageId } from '../model/message-id.ts';
import type { NewEntry } from '../outbox/entry.ts';
import type { SavedRow, TimelineState } from '../timeline/state.ts';
import { isOwn } from '../timeline/view.ts';
import type { ConversationContext } from './context.ts';

type Context = Pick<ConversationContext, 'clientId' | 'sessionId' | 'side' | 'outbox'>;

/** Keeps what this page knows to have been saved in one conversation when a backup is restored, and gives back to the database what it has lost. */
export class RestoreRecovery {
  readonly #context: Context;
  readonly #rows = new Map<string, SavedRow>();

  constructor(context: Context) {
    this.#context = context;
  }

  hold(rows: Iterable<SavedRow>): void {
    for (const row of rows) this.#rows.set(messageId(row), row);
  }

  /** Sends anew what the database has lost, as its newest rows show: this person's words, and in a console the visitor's, whose page may be closed. */
  resendLost({ contiguous, rows }: TimelineState): void {
    if (contiguous === null) return;
    const lost = this.#takeLost(rows.values()).filter((row) => this.#mayResend(row));
    void this.#context.outbox.resend(lost.map((row) => entryOfRow(row, this.#context)));
  }

  /** What this side may save, as something to send. */
  entries({ rows }: TimelineState): readonly NewEntry[] {
    return bySeq(rows.values())
      .filter((row) => this.#mayResend(row))
      .map((row) => entryOfRow(row, this.#context));
  }

  /** A colleague's words are for the colleague's own page to give back, an operator's not for the visitor's. */
  #mayResend(row: SavedRow): boolean {
    const { side } = this.#context;
    return isOwn(side, row) || (side.kind === 'operator' && row.senderType === 'CLIENT');
  }

  /** What is not there any more, oldest first, judged by the newest rows that are; holds nothing after that. */
  #takeLost(fresh: Iterable<SavedRow>): readonly SavedRow[] {
    if (this.#rows.size === 0) return [];
    const known = new Map<string, SavedRow>();
    for (const row of fresh) known.set(messageId(row), row);
    const held = bySeq(this.#rows.values());
    this.#rows.clear();
    // A copy has everything up to some number: with one message, it has all that were saved before that. With none of these, nobody knows; a message
    // that is given back though it is there is answered as the one it is.
    const kept = held.findLastIndex((row) => known.get(messageId(row))?.seq === row.seq);
    return held.slice(kept + 1).filter((row) => !known.has(messageId(row)));
  }
}

/** Oldest first: an answer may have come before an older row was fetched. */
function bySeq(rows: Iterable<SavedRow>): SavedRow[] {
  return [...rows].toSorted((a, b) => a.seq - b.seq);
}

/** The row as something to send. */
function entryOfRow(row: SavedRow, { clientId, sessionId }: Context): NewEntry {
  const { key, senderType, createdAt } = row;
  const body = mapImage(row.body, ({ name, mimeType, ...image }) => ({
    ...image,
    blob: null,
    name: name ?? 'image',
    mimeType: mimeType ?? 'image/*',
  }));
  return { key, clientId, sessionId, senderType, clientSocketId: null, body, createdAt };
}
