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
  /** The database was restored from a backup: its numbers and watermarks are different from now on. */
  readonly restored: boolean;
}

export interface SyncHooks {
  /** Whether the conversation is on the screen. */
  isOpen(): boolean;
  onTimeline(change: TimelineChange): void;
  /** A page has been added to the timeline. */
  onPage(page: MessagesPage): void;
  /** `failure` or `isBlocked` may have changed, or the conversation was forgotten. */
  onStatus(): void;
}

/**
 * Keeps the timeline of one conversation complete: fetches missing messages, applies events of the relay and the outbox, and resends messages that a
 * restored backup has lost.
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

  /** Starts fetching and listening, until `close`. */
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

  /** Why the last fetch failed; null when it succeeded. */
  failure(): 'failed' | 'missing' | null {
    return this.#failure;
  }

  /** Whether the server refuses this visitor. */
  isBlocked(): boolean {
    return this.#blocked;
  }

  /** Applies an event to the timeline. */
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

  /** Fetches one page and adds it to the timeline. @throws ChatError */
  async fetch(query: PageQuery): Promise<void> {
    this.#takePage(query, await fetchPage(this.#context, query));
  }

  /** Sets whether somebody is looking at the conversation. */
  setVisible(visible: boolean): void {
    if (visible) this.#catchUp.trigger(true);
    this.#headCheck.schedule(visible);
  }

  /** Fetches new messages; resolves when a fetch has succeeded, however long that takes. */
  catchUp(): Promise<void> {
    return this.#catchUp.nextSuccess();
  }

  /** A hint that the database has rows up to `lastSeq`. */
  hint(lastSeq: number): void {
    if (this.#state.contiguous === null || lastSeq > this.#state.contiguous) this.#catchUp.trigger();
  }

  /** A hint that one side has received or seen more messages. */
  hintSeen(hint: Omit<RelayPayloads['messagesSeen'], 'clientId'>): void {
    const known = marksOf(hint.by, this.#state.receipts);
    if (hint.deliveredSeq > known.deliveredSeq || hint.readSeq > known.readSeq) this.#catchUp.trigger();
  }

  /** The server has refused this visitor. The next page that the server returns lifts it. */
  noteBlocked(): void {
    this.#blocked = true;
    this.#hooks.onStatus();
  }

  /** Whether the database is known to have this message. */
  hasSaved(message: MessageRef): boolean {
    return this.#state.seqs.has(messageId(message));
  }

  /** When the server no longer has the conversation: the messages that this side may save, as new outbox entries. */
  lostEntries(): readonly NewEntry[] {
    return this.#failure === 'missing' ? this.#recovery.entries(this.#state) : [];
  }

  /** The conversation no longer exists: clears its timeline. */
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
      // Another message has this number in the timeline: a backup was restored.
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
