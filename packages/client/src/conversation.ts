import type { MessagesPage, RelayPayloads } from '@switchboard/protocol/types';

import { createCatchUp, fetchPage } from './catch-up.ts';
import { NewEntries } from './compose.ts';
import { savedFromHere, type ConversationContext } from './conversation-context.ts';
import { createEmitter } from './emitter.ts';
import { HeadCheck } from './head-check.ts';
import { HeldRows } from './held-rows.ts';
import { LocalMessages } from './local-messages.ts';
import { messageId, type MessageRef } from './message-id.ts';
import type { NewEntry } from './outbox/entry.ts';
import type { SavedEntry } from './outbox/sender.ts';
import { PictureRenewal } from './picture-renewal.ts';
import { marksOf, Reading } from './reading.ts';
import { ReceiptReporter } from './receipts.ts';
import type { Repeated } from './repeated.ts';
import { isBlocked, isMissing, retrying } from './retry.ts';
import { shallowEqual } from './shallow-equal.ts';
import { newcomers } from './timeline/newcomers.ts';
import { isBehind, reduceTimeline, wasSetBack } from './timeline/reduce.ts';
import { contentOf, EMPTY_TIMELINE, savedRow, type TimelineEvent, type TimelineState } from './timeline/state.ts';
import type { LiveMessage, PageQuery } from './timeline/state.ts';
import { isPeer, viewTimeline } from './timeline/view.ts';
import { TypingReceiver, TypingSender } from './typing.ts';
import type { ConversationHandle, ConversationSnapshot, ImageDetails, TimelineMessage } from './types.ts';

/** How often older messages are asked for before the caller is told that it failed. */
const OLDER_ATTEMPTS = 4;

/** One conversation: what is known of it, kept complete, and what can be done with it. */
export class Conversation implements ConversationHandle {
  readonly maxImageBytes;
  readonly #context: ConversationContext;
  readonly #changed = createEmitter<void>();
  readonly #catchUp: Repeated;
  readonly #headCheck: HeadCheck;
  readonly #receipts: ReceiptReporter;
  readonly #reading: Reading;
  readonly #local: LocalMessages;
  readonly #typingSender: TypingSender;
  readonly #typingReceiver: TypingReceiver;
  readonly #newEntries: NewEntries;
  readonly #pictures: PictureRenewal;
  readonly #held: HeldRows;
  readonly #stops: readonly (() => void)[];
  #state: TimelineState = EMPTY_TIMELINE;
  #failure: 'failed' | 'missing' | null = null;
  #blocked = false;
  #loadingOlder: Promise<void> | undefined;
  #closed = false;
  #snapshot: ConversationSnapshot;

  constructor(context: ConversationContext) {
    const { effects, outbox } = context;
    this.#context = context;
    this.#catchUp = createCatchUp(effects, {
      state: () => this.#state,
      fetch: (query) => fetchPage(context, query),
      onPage: (query, page) => this.#takePage(query, page),
      onFailure: (error) => {
        this.#failure = isMissing(error) ? 'missing' : 'failed';
        this.#blocked ||= isBlocked(error);
        this.#refresh();
        if (isMissing(error)) context.onMissing?.();
      },
    });
    this.#headCheck = new HeadCheck(effects, () => this.#check(false));
    this.#receipts = new ReceiptReporter(effects, (marks) => context.report(marks, this.#state.epoch));
    this.#newEntries = new NewEntries(context);
    this.maxImageBytes = this.#newEntries.maxImageBytes;
    this.#pictures = new PictureRenewal(effects, (seq) => this.#fetchInto({ afterSeq: seq }));
    this.#held = new HeldRows(context);
    this.#reading = new Reading(context.side);
    this.#local = new LocalMessages(effects, outbox, context.clientId, context.operator, () => this.#refresh());
    this.#typingSender = new TypingSender(effects, (isTyping) => context.tellTyping(isTyping));
    this.#typingReceiver = new TypingReceiver(effects, () => this.#refresh());
    this.#snapshot = this.#build([]);
    this.#stops = [
      outbox.onSaved((saved) => this.#takeSaved(saved)),
      outbox.onDropped((message) => (message.clientId === context.clientId ? this.#apply({ type: 'dropped', message }) : undefined)),
      effects.page.onWake(() => this.#check(true)),
    ];
    this.#refresh();
    this.#catchUp.want();
    this.#headCheck.schedule(false);
  }

  getSnapshot(): ConversationSnapshot {
    return this.#snapshot;
  }

  subscribe(listener: () => void): () => void {
    return this.#changed.on(listener);
  }

  async sendText(text: string): Promise<void> {
    await this.#send(this.#newEntries.text(text, this.#snapshot.messages.at(-1)));
  }

  async sendImage(file: Blob, name: string, details?: ImageDetails): Promise<void> {
    await this.#send(this.#newEntries.image(file, name, details ?? {}, this.#snapshot.messages.at(-1)));
  }

  retry(message: MessageRef): void {
    void this.#context.outbox.retry({ ...message, clientId: this.#context.clientId });
  }

  discard(message: MessageRef): Promise<void> {
    return this.#context.outbox.discard({ ...message, clientId: this.#context.clientId });
  }

  renewPicture(message: MessageRef): void {
    const seq = this.#state.seqs.get(messageId(message));
    if (seq !== undefined) this.#pictures.want(seq);
  }

  setTyping(isTyping: boolean): void {
    this.#typingSender.set(isTyping);
  }

  setVisible(visible: boolean): void {
    if (visible === this.#reading.isVisible()) return;
    this.#reading.setVisible(visible);
    if (visible) this.#catchUp.want(true);
    this.#headCheck.schedule(visible);
    this.#refresh();
  }

  loadOlder(): Promise<void> {
    const { oldest, hasOlder } = this.#state;
    if (oldest === null || !hasOlder) return Promise.resolve();
    this.#loadingOlder ??= retrying(this.#context.effects, OLDER_ATTEMPTS, () => this.#fetchInto({ beforeSeq: oldest })).finally(() => {
      this.#loadingOlder = undefined;
      this.#refresh();
    });
    this.#refresh();
    return this.#loadingOlder;
  }

  /** Sends a kept message over the relay, too; its stamp becomes the time of the message if it is not saved yet. */
  async relay(entry: NewEntry): Promise<void> {
    const answer = await this.#context.relay(entry);
    if (answer?.ok !== true) return;
    this.#context.http.timings.relayed(entry);
    await this.#context.outbox.stamp(entry, answer.timestamp);
  }

  /** The relay brought a message. */
  receive(message: LiveMessage): void {
    if (isPeer(this.#context.side, message)) this.#typingReceiver.set(null);
    this.#apply({ type: 'live', message });
  }

  receiveTyping(name: string | null): void {
    this.#typingReceiver.set(name);
  }

  receiveEnd(at: string): void {
    this.#typingReceiver.set(null);
    this.#apply({ type: 'ended', at });
  }

  /** The server has refused this visitor; the next page that it answers says that it lets it in again. */
  noteBlocked(): void {
    this.#blocked = true;
    this.#refresh();
  }

  /** Somebody says that the database has rows up to `lastSeq`. */
  hint(lastSeq: number): void {
    if (this.#state.contiguous === null || lastSeq > this.#state.contiguous) this.#catchUp.want();
  }

  /** Somebody says that the other side has received or seen more. */
  hintSeen(hint: Omit<RelayPayloads['messagesSeen'], 'clientId'>): void {
    const known = marksOf(hint.by, this.#state.receipts);
    if (hint.deliveredSeq > known.deliveredSeq || hint.readSeq > known.readSeq) this.#catchUp.want();
  }

  /** Asks the database for news; resolves when they are here, however long that takes. */
  catchUp(): Promise<void> {
    return this.#catchUp.next();
  }

  /** Whether the database is known to have this message. */
  hasSaved(message: MessageRef): boolean {
    return this.#state.seqs.has(messageId(message));
  }

  /** Number of the other side's messages that were not seen yet. */
  unread(): number {
    return this.#reading.unread(this.#snapshot.messages);
  }

  /** What was said here and this side may save, when the server says that there is no such conversation (any more). */
  lostWords(): readonly NewEntry[] {
    return this.#failure === 'missing' ? this.#held.words(this.#state) : [];
  }

  /** Shows nothing of it any more: it is gone. */
  forget(): void {
    this.#state = EMPTY_TIMELINE;
    this.#refresh();
  }

  isVisible(): boolean {
    return this.#reading.isVisible();
  }
  /** Whether the server has not been told yet of what was received and seen here. */
  readonly hasUnreported = (): boolean => this.#receipts.isDue();

  close(): void {
    this.#closed = true;
    for (const stop of this.#stops) stop();
    this.#headCheck.close();
    this.#catchUp.close();
    this.#receipts.close();
    this.#pictures.close();
    this.#typingSender.set(false);
    this.#typingReceiver.set(null);
    this.#local.close();
  }

  async #send(entry: NewEntry): Promise<void> {
    await this.#context.outbox.add(entry);
    this.#typingSender.set(false);
    if (entry.image === null) void this.relay(entry); // A picture's URL is there only after the upload: the outbox tells when.
  }

  #check(eager: boolean): void {
    if (this.#context.checkHidden || this.#reading.isVisible()) this.#catchUp.want(eager);
  }

  async #fetchInto(query: PageQuery): Promise<void> {
    this.#takePage(query, await fetchPage(this.#context, query));
  }

  #takePage(query: PageQuery, page: MessagesPage): void {
    [this.#failure, this.#blocked] = [null, false];
    this.#apply({ type: 'page', query, page });
    this.#receipts.confirm(marksOf(this.#context.side.kind, page.receipts));
    void this.#context.outbox.settle(savedFromHere(this.#context, page));
    this.#held.giveBack(this.#state);
    this.#context.onReached();
  }

  /** The database was set back: its numbers and marks are others, and what it has lost of what is held here is given back. */
  #startAnew(before: TimelineState): void {
    this.#held.hold(before.rows.values());
    this.#reading.reset();
    this.#receipts.reset();
    this.#catchUp.want();
  }

  #takeSaved(saved: readonly SavedEntry[]): void {
    for (const { entry, saved: answer } of saved) {
      if (entry.clientId !== this.#context.clientId) continue;
      this.#apply({ type: 'saved', row: savedRow(contentOf(entry, this.#context.operator, null), answer) });
      // Another message has its number here: the database is another one.
      if (!this.hasSaved(entry)) this.#catchUp.want();
    }
    if (this.#state.contiguous !== null && isBehind(this.#state)) this.#catchUp.want();
  }

  #apply(event: TimelineEvent): void {
    if (this.#closed) return;
    const before = this.#state;
    this.#state = reduceTimeline(before, event);
    if (wasSetBack(before, this.#state)) this.#startAnew(before);
    this.#refresh();
    for (const message of newcomers(this.#context.side, event, before, this.#snapshot.messages)) this.#context.onArrival(message);
  }

  #refresh(): void {
    if (this.#closed) return;
    const before = this.#snapshot;
    const viewed = viewTimeline(this.#state, this.#local.list(), this.#context.side, before.messages);
    const unchanged = viewed.length === before.messages.length && viewed.every((message, index) => message === before.messages[index]);
    const messages = unchanged ? before.messages : viewed;
    this.#receipts.want(this.#reading.update(messages, this.#state.receipts, this.#state.contiguous));
    const next = this.#build(messages);
    if (shallowEqual(before, next)) return;
    this.#snapshot = next;
    this.#changed.emit();
  }

  #build(messages: readonly TimelineMessage[]): ConversationSnapshot {
    const { contiguous, hasOlder, endedAt } = this.#state;
    return {
      messages,
      history: contiguous !== null ? 'ready' : ((messages.length === 0 ? this.#failure : null) ?? 'loading'),
      hasOlder,
      loadingOlder: this.#loadingOlder !== undefined,
      peerTyping: this.#typingReceiver.name(),
      endedAt,
      blocked: this.#blocked,
      firstUnreadKey: this.#reading.firstUnreadKey(),
    };
  }
}
