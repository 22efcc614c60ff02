import { carriesFile } from '@switchboard/protocol/body';
import type { MessagesPage } from '@switchboard/protocol/types';

import { messageId, type MessageRef } from '../model/message-id.ts';
import type { ConversationHandle, ConversationSnapshot, ImageDetails, LogView } from '../model/types.ts';
import type { NewEntry } from '../outbox/entry.ts';
import { arrivedMessages } from '../timeline/arrived-messages.ts';
import { viewTimeline } from '../timeline/view.ts';
import { NewEntries, relayAndStamp } from './compose.ts';
import { EMPTY_CONVERSATION, type ConversationContext } from './context.ts';
import { LocalMessages } from './local-messages.ts';
import { OlderPages } from './older-pages.ts';
import { PictureRenewal } from './picture-renewal.ts';
import { ReadTracker } from './read-tracker.ts';
import { Snapshots } from './snapshots.ts';
import type { ConversationSync, TimelineChange } from './sync.ts';
import { TypingReceiver, TypingSender } from './typing.ts';

/** One conversation as views use it: its snapshot, and the actions of a person. */
export class ConversationScreen implements ConversationHandle {
  readonly maxImageBytes;
  /** Who is typing on the other side. */
  readonly peerTyping: TypingReceiver;
  readonly #context: ConversationContext;
  readonly #sync: ConversationSync;
  readonly #snapshots: Snapshots<ConversationSnapshot>;
  readonly #reads: ReadTracker;
  readonly #local: LocalMessages;
  readonly #typingSender: TypingSender;
  readonly #newEntries: NewEntries;
  readonly #pictures: PictureRenewal;
  readonly #older: OlderPages;
  #subscribers = 0;

  constructor(context: ConversationContext, sync: ConversationSync) {
    const { effects, outbox } = context;
    const refresh = () => this.#snapshots.refresh();
    this.#context = context;
    this.#sync = sync;
    this.#newEntries = new NewEntries(context);
    this.maxImageBytes = this.#newEntries.maxImageBytes;
    this.#pictures = new PictureRenewal(effects, (seq) => sync.fetch({ afterSeq: seq }));
    this.#reads = new ReadTracker(effects, context.side, {
      state: () => sync.state(),
      messages: () => this.getSnapshot().messages,
      fetch: (query) => sync.fetch(query),
      report: (marks) => context.report(marks, sync.state().epoch),
      onChange: refresh,
    });
    this.#local = new LocalMessages(effects, outbox, context.clientId, context.operator, refresh);
    this.#typingSender = new TypingSender(effects, (isTyping) => context.sendTyping(isTyping));
    this.peerTyping = new TypingReceiver(effects, refresh);
    this.#older = new OlderPages(effects, refresh);
    // Reported only after the screen shows the messages: no status may be ahead of the screen.
    const report = () => this.#reads.report();
    this.#snapshots = new Snapshots(effects, EMPTY_CONVERSATION, (before) => this.#make(before), report);
    this.#snapshots.subscribe(() => context.onChange?.());
  }

  getSnapshot(): ConversationSnapshot {
    return this.#snapshots.get();
  }

  subscribe(listener: () => void): () => void {
    const stop = this.#snapshots.subscribe(listener);
    this.#countSubscribers(1);
    let stopped = false;
    return () => {
      stop();
      if (!stopped) this.#countSubscribers(-1);
      stopped = true;
    };
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
    this.#pictures.want(this.#sync.state().seqs.get(messageId(message)));
  }

  setTyping(isTyping: boolean): void {
    this.#typingSender.set(isTyping);
  }

  setOpen(open: boolean): void {
    if (this.#reads.setOpen(open)) this.#snapshots.refresh();
  }

  setVisible(visible: boolean): void {
    if (!this.#reads.setVisible(visible)) return;
    this.#sync.setVisible(visible);
    this.#snapshots.refresh();
  }

  setView(view: LogView): void {
    this.#reads.setView(view);
    this.#snapshots.refreshSoon();
  }

  loadOlder(): Promise<void> {
    const { oldest, hasOlder } = this.#sync.state();
    if (oldest === null || !hasOlder) return Promise.resolve();
    return this.#older.load(() => this.#sync.fetch({ beforeSeq: oldest }));
  }

  /** Sends a stored message over the relay as well; the relay's timestamp becomes the message's time if it is not saved yet. */
  async relay(entry: NewEntry): Promise<void> {
    await relayAndStamp(this.#context, entry, () => this.getSnapshot().messages, this.#newEntries);
  }

  /** Number of loaded messages of the other side that were not seen yet. */
  unread(): number {
    return this.getSnapshot().unread.length;
  }

  /** Whether `unread` counts all unread messages: no older ones may exist. */
  knowsAllUnread(): boolean {
    return this.#reads.knowsAllUnread();
  }

  /** Whether the conversation is on the screen. */
  isOpen(): boolean {
    return this.#reads.isOpen();
  }

  /** Whether the snapshot has subscribers. */
  isWatched(): boolean {
    return this.#subscribers > 0;
  }

  /** Whether receipts have not been reported to the server yet. */
  hasUnreported(): boolean {
    return this.#reads.hasUnreported();
  }

  /** Shows a change of the timeline, and reports the messages that arrived with it. */
  takeTimeline({ event, before, restored }: TimelineChange): void {
    const newest = this.#snapshots.last().messages.at(-1);
    if (restored) this.#reads.reset();
    this.#snapshots.invalidate();
    const arrived = arrivedMessages(this.#context.side, event, before, this.#sync.state(), () => this.getSnapshot().messages);
    // A person waits for the first page and for older messages: show them at once.
    if (before.contiguous === null || (event.type === 'page' && 'beforeSeq' in event.query)) this.#snapshots.refresh();
    else this.#snapshots.refreshSoon();
    for (const message of arrived) this.#context.onArrival(message, this.#reads.appearsInView(message, newest));
  }

  /** A page has been added to the timeline. */
  takePage(page: MessagesPage): void {
    this.#reads.takePage(page);
  }

  /** Another part of the snapshot may have changed. */
  refresh(): void {
    this.#snapshots.refresh();
  }

  close(): void {
    this.#pictures.close();
    this.#local.close();
    this.#typingSender.set(false);
    this.peerTyping.set(null);
    this.#reads.close();
    this.#snapshots.close();
  }

  async #send(entry: NewEntry): Promise<void> {
    await this.#context.outbox.add(entry);
    this.#typingSender.set(false);
    if (!carriesFile(entry.body.type)) void this.relay(entry); // A file has a URL only after its upload: `onUploaded` of the outbox relays it then.
  }

  #countSubscribers(change: 1 | -1): void {
    const before = this.isWatched();
    this.#subscribers += change;
    if (this.isWatched() !== before) this.#context.onWatched?.(!before);
  }

  #make(before: ConversationSnapshot): ConversationSnapshot {
    const state = this.#sync.state();
    const messages = viewTimeline(state, this.#local.list(), this.#context.side, before.messages);
    this.#reads.update(messages);
    const { contiguous, hasOlder, endedAt } = state;
    return {
      messages,
      history: contiguous !== null ? 'ready' : ((messages.length === 0 ? this.#sync.failure() : null) ?? 'loading'),
      hasOlder,
      loadingOlder: this.#older.isLoading(),
      peerTyping: this.peerTyping.name(),
      endedAt,
      blocked: this.#sync.isBlocked(),
      ...this.#reads.shown(),
    };
  }
}
