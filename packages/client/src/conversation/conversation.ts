import { carriesFile } from '@switchboard/protocol/body';
import type { MessagesPage, RelayPayloads } from '@switchboard/protocol/types';

import { messageId, type MessageRef } from '../model/message-id.ts';
import type { ConversationHandle, ConversationSnapshot, ImageDetails, LogView } from '../model/types.ts';
import type { NewEntry } from '../outbox/entry.ts';
import type { SavedEntry } from '../outbox/sender.ts';
import type { RetryingTask } from '../platform/retrying-task.ts';
import { isBlocked, isMissing } from '../model/errors.ts';
import { newcomers } from '../timeline/newcomers.ts';
import { isBehind, reduceTimeline, wasSetBack } from '../timeline/reduce.ts';
import { EMPTY_TIMELINE, type LiveMessage, type PageQuery, type TimelineEvent, type TimelineState } from '../timeline/state.ts';
import { isPeer, viewTimeline } from '../timeline/view.ts';
import { Attention } from './attention.ts';
import { createCatchUp, fetchPage } from './catch-up.ts';
import { NewEntries, relayAndStamp } from './compose.ts';
import { EMPTY_CONVERSATION, rowsSavedFromHere, savedFromHere, type ConversationContext } from './context.ts';
import { HeadCheck } from './head-check.ts';
import { HeldRows } from './held-rows.ts';
import { LocalMessages } from './local-messages.ts';
import { OlderPages } from './older-pages.ts';
import { PictureRenewal } from './picture-renewal.ts';
import { marksOf } from './reading.ts';
import { ReceiptReporter } from './receipts.ts';
import { Snapshots } from './snapshots.ts';
import { TypingReceiver, TypingSender } from './typing.ts';

/** One conversation: what is known of it, kept complete, and what can be done with it. */
export class Conversation implements ConversationHandle {
  readonly maxImageBytes;
  readonly #context: ConversationContext;
  readonly #snapshots: Snapshots<ConversationSnapshot>;
  readonly #catchUp: RetryingTask;
  readonly #headCheck: HeadCheck;
  readonly #receipts: ReceiptReporter;
  readonly #attention: Attention;
  readonly #local: LocalMessages;
  readonly #typingSender: TypingSender;
  readonly #typingReceiver: TypingReceiver;
  readonly #newEntries: NewEntries;
  readonly #pictures: PictureRenewal;
  readonly #held: HeldRows;
  readonly #older: OlderPages;
  readonly #stops: readonly (() => void)[];
  #state: TimelineState = EMPTY_TIMELINE;
  #failure: 'failed' | 'missing' | null = null;
  #blocked = false;
  #closed = false;

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
        this.#snapshots.refresh();
        if (isMissing(error)) context.onMissing?.();
      },
    });
    const check = (eager: boolean) => (context.checkHidden || this.isOpen() ? this.#catchUp.trigger(eager) : undefined);
    this.#headCheck = new HeadCheck(effects, () => check(false));
    this.#receipts = new ReceiptReporter(effects, (marks) => context.report(marks, this.#state.epoch));
    this.#newEntries = new NewEntries(context);
    this.maxImageBytes = this.#newEntries.maxImageBytes;
    this.#pictures = new PictureRenewal(effects, (seq) => this.#fetchInto({ afterSeq: seq }));
    this.#held = new HeldRows(context);
    this.#attention = new Attention(effects, context.side, {
      state: () => this.#state,
      messages: () => this.getSnapshot().messages,
      fetch: (query) => this.#fetchInto(query),
      onChange: () => this.#snapshots.refresh(),
    });
    this.#local = new LocalMessages(effects, outbox, context.clientId, context.operator, () => this.#snapshots.refresh());
    this.#typingSender = new TypingSender(effects, (isTyping) => context.tellTyping(isTyping));
    this.#typingReceiver = new TypingReceiver(effects, () => this.#snapshots.refresh());
    this.#older = new OlderPages(effects, () => this.#snapshots.refresh());
    // Reported once it is shown: no tick is ahead of the screen.
    const report = () => this.#receipts.want(this.#attention.reading.marks());
    this.#snapshots = new Snapshots(effects, EMPTY_CONVERSATION, (before) => this.#make(before), report);
    this.#stops = [
      outbox.onSaved((saved) => this.#takeSaved(saved)),
      outbox.onDropped((message) => (message.clientId === context.clientId ? this.#apply({ type: 'dropped', message }) : undefined)),
      effects.page.onWake(() => check(true)),
      () => this.#pictures.close(),
      () => this.#local.close(),
    ];
    this.#catchUp.trigger();
    this.#headCheck.schedule(false);
  }

  getSnapshot(): ConversationSnapshot {
    return this.#snapshots.get();
  }

  subscribe(listener: () => void): () => void {
    return this.#snapshots.subscribe(listener);
  }

  async sendText(text: string): Promise<void> {
    await this.#send(this.#newEntries.text(text, this.getSnapshot().messages.at(-1)));
  }

  async sendImage(file: Blob, name: string, details?: ImageDetails): Promise<void> {
    await this.#send(this.#newEntries.image(file, name, details ?? {}, this.getSnapshot().messages.at(-1)));
  }

  retry(message: MessageRef): void {
    void this.#context.outbox.retry({ ...message, clientId: this.#context.clientId });
  }

  discard(message: MessageRef): Promise<void> {
    return this.#context.outbox.discard({ ...message, clientId: this.#context.clientId });
  }

  renewPicture(message: MessageRef): void {
    this.#pictures.want(this.#state.seqs.get(messageId(message)));
  }

  setTyping(isTyping: boolean): void {
    this.#typingSender.set(isTyping);
  }

  setOpen(open: boolean): void {
    if (this.#attention.setOpen(open)) this.#snapshots.refresh();
  }

  setVisible(visible: boolean): void {
    if (!this.#attention.setVisible(visible)) return;
    if (visible) this.#catchUp.trigger(true);
    this.#headCheck.schedule(visible);
    this.#snapshots.refresh();
  }

  setView(view: LogView): void {
    this.#attention.setView(view);
    this.#snapshots.refreshSoon();
  }

  loadOlder(): Promise<void> {
    const { oldest, hasOlder } = this.#state;
    if (oldest === null || !hasOlder) return Promise.resolve();
    return this.#older.load(() => this.#fetchInto({ beforeSeq: oldest }));
  }

  /** Sends a kept message over the relay, too; its stamp becomes the time of the message if it is not saved yet. */
  async relay(entry: NewEntry): Promise<void> {
    await relayAndStamp(this.#context, entry, () => this.getSnapshot().messages, this.#newEntries);
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
    this.#snapshots.refresh();
  }

  /** Somebody says that the database has rows up to `lastSeq`. */
  hint(lastSeq: number): void {
    if (this.#state.contiguous === null || lastSeq > this.#state.contiguous) this.#catchUp.trigger();
  }

  /** Somebody says that the other side has received or seen more. */
  hintSeen(hint: Omit<RelayPayloads['messagesSeen'], 'clientId'>): void {
    const known = marksOf(hint.by, this.#state.receipts);
    if (hint.deliveredSeq > known.deliveredSeq || hint.readSeq > known.readSeq) this.#catchUp.trigger();
  }

  /** Asks the database for news; resolves when they are here, however long that takes. */
  catchUp(): Promise<void> {
    return this.#catchUp.nextSuccess();
  }

  /** Whether the database is known to have this message. */
  hasSaved(message: MessageRef): boolean {
    return this.#state.seqs.has(messageId(message));
  }

  /** Number of the other side's messages here that were not seen yet. */
  unread(): number {
    return this.getSnapshot().unread.length;
  }

  /** Whether `unread` counts all there are: none lies above the oldest message here. */
  knowsAllUnread(): boolean {
    return this.#state.contiguous !== null && !this.#attention.reading.reachesBack(this.#state);
  }

  /** What was said here and this side may save, when the server says that there is no such conversation (any more). */
  lostWords(): readonly NewEntry[] {
    return this.#failure === 'missing' ? this.#held.words(this.#state) : [];
  }

  /** Shows nothing of it any more: it is gone. */
  forget(): void {
    this.#state = EMPTY_TIMELINE;
    this.#snapshots.refresh();
  }

  /** Whether it is on the screen. */
  isOpen(): boolean {
    return this.#attention.reading.isOpen();
  }

  /** Whether the server has not been told yet of what was received and seen here. */
  readonly hasUnreported = (): boolean => this.#receipts.isDue(this.#attention.reading.marks());

  close(): void {
    this.#closed = true;
    for (const stop of this.#stops) stop();
    this.setTyping(false);
    this.#typingReceiver.set(null);
    for (const part of [this.#attention, this.#snapshots, this.#headCheck, this.#catchUp, this.#receipts]) part.close();
  }

  async #send(entry: NewEntry): Promise<void> {
    await this.#context.outbox.add(entry);
    this.#typingSender.set(false);
    if (!carriesFile(entry.body.type)) void this.relay(entry); // A file has a URL only after its upload: the outbox tells when.
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
    this.#attention.divide();
  }

  /** The database was set back: its numbers and marks are others, and what it has lost of what is held here is given back. */
  #startAnew(before: TimelineState): void {
    this.#held.hold(before.rows.values());
    this.#attention.reading.reset();
    this.#receipts.reset();
    this.#catchUp.trigger();
  }

  #takeSaved(saved: readonly SavedEntry[]): void {
    for (const row of rowsSavedFromHere(this.#context, saved)) {
      this.#apply({ type: 'saved', row });
      // Another message has its number here: the database is another one.
      if (!this.hasSaved(row)) this.#catchUp.trigger();
    }
    if (this.#state.contiguous !== null && isBehind(this.#state)) this.#catchUp.trigger();
  }

  #apply(event: TimelineEvent): void {
    if (this.#closed) return;
    const before = this.#state;
    const newest = this.#snapshots.last().messages.at(-1);
    this.#state = reduceTimeline(before, event);
    if (wasSetBack(before, this.#state)) this.#startAnew(before);
    this.#snapshots.expire();
    const arrived = newcomers(this.#context.side, event, before, this.#state, () => this.getSnapshot().messages);
    // What a person waits for is shown at once.
    if (before.contiguous === null || (event.type === 'page' && 'beforeSeq' in event.query)) this.#snapshots.refresh();
    else this.#snapshots.refreshSoon();
    for (const message of arrived) this.#context.onArrival(message, this.#attention.reading.sees(message, newest));
  }

  #make(before: ConversationSnapshot): ConversationSnapshot {
    const messages = viewTimeline(this.#state, this.#local.list(), this.#context.side, before.messages);
    this.#attention.reading.update(messages, this.#state);
    const { contiguous, hasOlder, endedAt } = this.#state;
    return {
      messages,
      history: contiguous !== null ? 'ready' : ((messages.length === 0 ? this.#failure : null) ?? 'loading'),
      hasOlder,
      loadingOlder: this.#older.isLoading(),
      peerTyping: this.#typingReceiver.name(),
      endedAt,
      blocked: this.#blocked,
      ...this.#attention.reading.shown(),
    };
  }
}
