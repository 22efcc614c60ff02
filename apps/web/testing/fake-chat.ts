import type { ArrivedMessage, ConversationSummary, ListView, OperatorChat, OperatorSnapshot } from '@switchboard/client';

import type { ChatError } from '@switchboard/protocol/errors';
import type { ConversationActionName, RequestOf } from '@switchboard/protocol/types';

import { FakeConversation, messageOf } from './fake-conversation.ts';

/** A row of the list with everything a test does not care about filled in. */
export function summaryOf(more: Partial<ConversationSummary> & Pick<ConversationSummary, 'clientId' | 'username'>): ConversationSummary {
  return {
    phone: null,
    email: null,
    address: `address ${more.clientId}`,
    pageUrl: null,
    startedAt: new Date().toISOString(),
    endedAt: null,
    blockedAt: null,
    unread: 0,
    preview: null,
    lastActivityAt: new Date().toISOString(),
    waitingSince: null,
    doneAt: null,
    unsent: 0,
    locale: null,
    userAgent: null,
    lastSeenAt: null,
    pageAt: null,
    pages: [],
    typing: false,
    ...more,
  };
}

/** An operator's side without a network. */
export class FakeChat implements OperatorChat {
  private snapshot: OperatorSnapshot = {
    connection: 'connected',
    noLiveConnection: false,
    savesFailing: false,
    outboxVolatile: false,
    view: 'open',
    conversations: [],
    hasMore: false,
    loadingMore: false,
    waiting: 0,
    unsent: 0,
    list: 'ready',
    signedOut: false,
    somebodyElse: false,
  };
  private readonly listeners = new Set<() => void>();
  private readonly arrivals = new Set<(arrived: ArrivedMessage) => void>();
  private readonly handles = new Map<number, FakeConversation>();
  private count = 0;

  getSnapshot(): OperatorSnapshot {
    return this.snapshot;
  }

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  set(change: Partial<OperatorSnapshot>): void {
    this.snapshot = { ...this.snapshot, ...change };
    for (const listener of this.listeners) listener();
  }

  summarize(clientId: number, change: Partial<ConversationSummary>): void {
    this.set({
      conversations: this.snapshot.conversations.map((summary) => (summary.clientId === clientId ? { ...summary, ...change } : summary)),
    });
  }

  /** What was asked of it, oldest first. */
  readonly asked: string[] = [];
  /** Rows that are in no view now. */
  readonly elsewhere = new Map<number, ConversationSummary>();

  setView(view: ListView): void {
    if (this.snapshot.view === view) return;
    this.asked.push(`view ${view}`);
    this.set({ view });
  }

  async loadMore(): Promise<void> {
    this.asked.push('more');
    await Promise.resolve();
  }

  summaryOf(clientId: number): ConversationSummary | undefined {
    return this.snapshot.conversations.find((summary) => summary.clientId === clientId) ?? this.elsewhere.get(clientId);
  }

  fetchSummary(clientId: number): void {
    this.asked.push(`summary ${clientId}`);
  }

  conversation(clientId: number): FakeConversation {
    const handle = this.handles.get(clientId) ?? new FakeConversation();
    this.handles.set(clientId, handle);
    return handle;
  }

  /** `perform` and `setDone` reject with this. */
  refusal: ChatError | undefined;

  async perform<N extends ConversationActionName>(name: N, request: RequestOf<N>): Promise<void> {
    const { clientId, ...body } = (request as { readonly body: { readonly clientId: number; readonly blocked?: boolean } }).body;
    this.asked.push(`${name} ${clientId} ${JSON.stringify(body)}`);
    await Promise.resolve();
    if (this.refusal !== undefined) throw this.refusal;
    if (body.blocked !== undefined) this.summarize(clientId, { blockedAt: body.blocked ? new Date().toISOString() : null });
  }

  async setDone(clientId: number, done: boolean): Promise<void> {
    this.asked.push(`done ${clientId} ${done}`);
    await Promise.resolve();
    if (this.refusal !== undefined) throw this.refusal;
    this.summarize(clientId, { doneAt: done ? new Date().toISOString() : null, waitingSince: null });
  }

  /** A visitor's message that arrives now. */
  visitorSays(clientId: number, text: string): void {
    this.count += 1;
    const message = messageOf({ key: `live ${this.count}`, text });
    const conversation = this.conversation(clientId);
    const { following } = conversation.view;
    conversation.add(message);
    for (const listener of this.arrivals) listener({ clientId, message, seen: following });
  }

  onArrival(listener: (arrived: ArrivedMessage) => void): () => void {
    this.arrivals.add(listener);
    return () => this.arrivals.delete(listener);
  }

  close(): void {
    this.listeners.clear();
    this.arrivals.clear();
  }
}
