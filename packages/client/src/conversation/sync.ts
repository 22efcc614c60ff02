import type { MessagesPage, RelayPayloads } from '@switchboard/protocol/types';

import { isBlocked, isMissing } from '../model/errors.ts';
import { messageId, type MessageRef } from '../model/message-id.ts';
import type { NewEntry } from '../outbox/entry.ts';
import type { SavedEntry } from '../outbox/sender.ts';
import type { RetryingTask } from '../platform/retrying-task.ts';
import { isBehind, reduceTimeline, wasRestored } from '../timeline/reduce.ts';
import { EMPTY_TIMELINE, type PageQuery, type TimelineEvent, type TimelineState } from '../timeline/state.ts';
import { createCatchUp, fetchPage } from './catch-up.ts';
import { rowsSavedFromHere, savedFromHere, type ConversationContext } from './context.ts';
import { HeadCheck } from './head-check.ts';
import { marksOf } from './read-state.ts';
import { RestoreRecovery } from './restore-recovery.ts';

/** A change of the timeline. */
export interface TimelineChange {
  readonly event: TimelineEvent;
  readonly before: TimelineState;
  /** The database was set back to an older copy: its numbers and marks are others from now on. */
  readonly restored: boolean;
}

export interface SyncHooks {
  /** Whether the conversation is on the screen. */
  isOpen(): boolean;
  onTimeline(change: TimelineChange): void;
  /** A page of the database has been taken in. */
  onPage(page: MessagesPage): void;
  /** `failure` or `isBlocked` may have changed, or the conversation was forgotten. */
  onStatus(): void;
}

/**
 * Keeps what is known of one conversation complete: fetches what is missing, takes in what the relay and the outbox report, and gives back to the database
 * what a restored backup has lost.
 */
export class ConversationSync {
  readonly #context: ConversationContext;
  readonly #hooks: SyncHooks;
  readonly #catchUp: RetryingTask;
  readonly #headCheck: HeadCheck;
  readonly #recovery: RestoreRecovery;
  #stops: readonly (() => void)[] = [];
  #state: TimelineState = EMPTY_TIMELINE;
  #failure: 'failed' | 'missing' | null = null;
  #blocked = false;
  #closed = false;

  constructor(context: ConversationContext, hooks: SyncHooks) {
    const { effects } = context;
    this.#context = context;
    this.#hooks = hooks;
    this.#catchUp = createCatchUp(effects, {
      state: () => this.#state,
      fetch: (query) => fetchPage(context, query),
      onPage: (query, page) => this.#takePage(query, page),
      onFailure: (error) => this.#noteFailure(error),
    });
    this.#headCheck = new HeadCheck(effects, () => this.#check(false));
    this.#recovery = new RestoreRecovery(context);
  }

  /** Begins to fetch and to listen, until `close`. */
  start(): void {
    const { effects, outbox, clientId } = this.#context;
    this.#stops = [
      outbox.onSaved((saved) => this.#takeSaved(saved)),
      outbox.onDropped((message) => (message.clientId === clientId ? this.apply({ type: 'dropped', message }) : undefined)),
      effects.page.onWake(() => this.#check(true)),
    ];
    this.#catchUp.trigger();
    this.#headCheck.schedule(false);
  }

  state(): TimelineState {
    return this.#state;
  }

  /** Why there is nothing yet, or no longer anything; null when the last attempt to fetch has succeeded. */
  failure(): 'failed' | 'missing' | null {
    return this.#failure;
  }

  /** Whether the server refuses this visitor. */
  isBlocked(): boolean {
    return this.#blocked;
  }

  /** Takes an event into the timeline. */
  apply(event: TimelineEvent): void {
    if (this.#closed) return;
    const before = this.#state;
    this.#state = reduceTimeline(before, event);
    const restored = wasRestored(before, this.#state);
    if (restored) {
      this.#recovery.hold(before.rows.values());
      this.#catchUp.trigger();
    }
    this.#hooks.onTimeline({ event, before, restored });
  }

  /** Fetches one page and takes it in. @throws ChatError */
  async fetch(query: PageQuery): Promise<void> {
    this.#takePage(query, await fetchPage(this.#context, query));
  }

  /** Somebody looks at the conversation now, or nobody does any more. */
  setVisible(visible: boolean): void {
    if (visible) this.#catchUp.trigger(true);
    this.#headCheck.schedule(visible);
  }

  /** Asks the database for news; resolves when they are here, however long that takes. */
  catchUp(): Promise<void> {
    return this.#catchUp.nextSuccess();
  }

  /** The database is said to have rows up to `lastSeq`. */
  hint(lastSeq: number): void {
    if (this.#state.contiguous === null || lastSeq > this.#state.contiguous) this.#catchUp.trigger();
  }

  /** One side is said to have received or seen more. */
  hintSeen(hint: Omit<RelayPayloads['messagesSeen'], 'clientId'>): void {
    const known = marksOf(hint.by, this.#state.receipts);
    if (hint.deliveredSeq > known.deliveredSeq || hint.readSeq > known.readSeq) this.#catchUp.trigger();
  }

  /** The server has refused this visitor. The next page that it answers means that it no longer does. */
  noteBlocked(): void {
    this.#blocked = true;
    this.#hooks.onStatus();
  }

  /** Whether the database is known to have this message. */
  hasSaved(message: MessageRef): boolean {
    return this.#state.seqs.has(messageId(message));
  }

  /** What was said here and this side may save, when the server says that there is no such conversation (any more). */
  lostEntries(): readonly NewEntry[] {
    return this.#failure === 'missing' ? this.#recovery.entries(this.#state) : [];
  }

  /** The conversation is gone: forgets all of it. */
  forget(): void {
    this.#state = EMPTY_TIMELINE;
    this.#hooks.onStatus();
  }

  close(): void {
    this.#closed = true;
    for (const stop of this.#stops) stop();
    this.#headCheck.close();
    this.#catchUp.close();
  }

  #check(eager: boolean): void {
    if (this.#context.checkHidden || this.#hooks.isOpen()) this.#catchUp.trigger(eager);
  }

  #takePage(query: PageQuery, page: MessagesPage): void {
    [this.#failure, this.#blocked] = [null, false];
    this.apply({ type: 'page', query, page });
    void this.#context.outbox.settle(savedFromHere(this.#context, page));
    this.#recovery.resendLost(this.#state);
    this.#context.onReached();
    this.#hooks.onPage(page);
  }

  #takeSaved(saved: readonly SavedEntry[]): void {
    for (const row of rowsSavedFromHere(this.#context, saved)) {
      this.apply({ type: 'saved', row });
      // Another message has its number here: the database is another one.
      if (!this.hasSaved(row)) this.#catchUp.trigger();
    }
    if (this.#state.contiguous !== null && isBehind(this.#state)) this.#catchUp.trigger();
  }

  #noteFailure(error: unknown): void {
    this.#failure = isMissing(error) ? 'missing' : 'failed';
    this.#blocked ||= isBlocked(error);
    this.#hooks.onStatus();
    if (isMissing(error)) this.#context.onMissing?.();
  }
}
