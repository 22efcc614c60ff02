import { mapImage } from '@switchboard/protocol/body';

import { messageId } from '../model/message-id.ts';
import type { NewEntry } from '../outbox/entry.ts';
import type { SavedRow, TimelineState } from '../timeline/state.ts';
import { isOwn } from '../timeline/view.ts';
import type { ConversationContext } from './context.ts';

type Context = Pick<ConversationContext, 'clientId' | 'sessionId' | 'side' | 'outbox'>;

/** Keeps the saved rows of one conversation when a backup is restored, and resends those that the database has lost. */
export class RestoreRecovery {
  readonly #context: Context;
  readonly #rows = new Map<string, SavedRow>();

  constructor(context: Context) {
    this.#context = context;
  }

  hold(rows: Iterable<SavedRow>): void {
    for (const row of rows) this.#rows.set(messageId(row), row);
  }

  /**
   * Resends the messages that the database has lost, judged by its newest rows: this person's own messages and, in a console, the visitor's, whose page may
   * be closed.
   */
  resendLost({ contiguous, rows }: TimelineState): void {
    if (contiguous === null) return;
    const lost = this.#takeLost(rows.values()).filter((row) => this.#mayResend(row));
    void this.#context.outbox.resend(lost.map((row) => entryOfRow(row, this.#context)));
  }

  /** The messages that this side may save, as new outbox entries. */
  entries({ rows }: TimelineState): readonly NewEntry[] {
    return bySeq(rows.values())
      .filter((row) => this.#mayResend(row))
      .map((row) => entryOfRow(row, this.#context));
  }

  /** A colleague's page resends the colleague's messages, and a visitor may never send an operator's. */
  #mayResend(row: SavedRow): boolean {
    const { side } = this.#context;
    return isOwn(side, row) || (side.kind === 'operator' && row.senderType === 'CLIENT');
  }

  /** The held rows that the database has lost, oldest first, judged by its newest rows. Releases all held rows. */
  #takeLost(fresh: Iterable<SavedRow>): readonly SavedRow[] {
    if (this.#rows.size === 0) return [];
    const known = new Map<string, SavedRow>();
    for (const row of fresh) known.set(messageId(row), row);
    const held = bySeq(this.#rows.values());
    this.#rows.clear();
    // A backup has every message up to some number: if it has one of these, it has all that were saved before it. If it has none of them, all are resent;
    // the server recognizes those that it still has.
    const kept = held.findLastIndex((row) => known.get(messageId(row))?.seq === row.seq);
    return held.slice(kept + 1).filter((row) => !known.has(messageId(row)));
  }
}

/** Sorted by seq: the answer to a save may arrive before an older row is fetched. */
function bySeq(rows: Iterable<SavedRow>): SavedRow[] {
  return [...rows].toSorted((a, b) => a.seq - b.seq);
}

/** The row as a new outbox entry. */
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
