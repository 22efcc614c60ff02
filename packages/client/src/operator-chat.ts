import type {
  BlockVisitorResponse,
  RecentChat,
  RecentChatsResponse,
  RelayPayloads,
  StartSessionResponse,
} from '@switchboard/protocol/types';

import { AddressBook } from './address-book.ts';
import { Arrivals } from './arrivals.ts';
import { Backstop } from './backstop.ts';
import type { Connection } from './connection.ts';
import type { ListState } from './conversation-list.ts';
import { Conversation } from './conversation.ts';
import { browserEffects } from './effects.ts';
import type { Effects } from './effects.ts';
import { createEmitter } from './emitter.ts';
import type { Http } from './http.ts';
import { LiveList } from './live-list.ts';
import { liveMessage } from './live-message.ts';
import { newsOf } from './list-news.ts';
import { LostConversations } from './lost-conversations.ts';
import { openOperatorConnection, openOperatorAccess, openOperatorOutbox, speakAsOperator } from './operator-line.ts';
import type { OperatorSession } from './operator-session.ts';
import type { Outbox } from './outbox/outbox.ts';
import { createServerClock, type ServerClock } from './server-clock.ts';
import { shallowEqual } from './shallow-equal.ts';
import type { Side } from './timeline/view.ts';
import type { ArrivedMessage, OperatorChat, OperatorChatOptions, OperatorSnapshot } from './types.ts';
import { soon } from './soon.ts';

/** An address that our own visitors have; an old front-end's is a socket id. */
const OWN_ADDRESS = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/i;
/** Milliseconds for which live news of a conversation make a hint about it no news. */
const LIVE_MS = 5_000;

/** An operator's side. */
class Operator implements OperatorChat {
  readonly #effects: Effects;
  readonly #options: OperatorChatOptions;
  readonly #clock: ServerClock;
  readonly #http: Http;
  readonly #session: OperatorSession;
  readonly #outbox: Outbox;
  readonly #connection: Connection;
  readonly #list: LiveList;
  readonly #book: AddressBook;
  readonly #backstop: Backstop;
  readonly #lost: LostConversations;
  readonly #side: Side;
  readonly #changed = createEmitter<void>();
  readonly #arrivals = new Arrivals();
  readonly #conversations = new Map<number, Conversation>();
  readonly #liveAt = new Map<number, number>();
  #closed = false;
  #snapshot: OperatorSnapshot;

  constructor(options: OperatorChatOptions, effects: Effects) {
    this.#effects = effects;
    this.#options = options;
    this.#side = { kind: 'operator', operatorId: options.operator.id };
    this.#clock = createServerClock(() => effects.now());
    const access = openOperatorAccess(effects, this.#clock, options.operator.id);
    this.#http = access.http;
    this.#session = access.session;
    this.#outbox = openOperatorOutbox(effects, access, (entry) => void this.conversation(entry.clientId).relay(entry));
    this.#list = new LiveList(effects, {
      recentChats: () => this.#http.request<RecentChatsResponse>('GET', '/api/chat/recent'),
      onSetBack: (before) => {
        this.#book.forget();
        this.#lost.noteBefore(before);
        for (const conversation of this.#conversations.values()) void conversation.catchUp();
      },
      conversation: (clientId) => this.#conversations.get(clientId),
      onFetched: (chats, before) => this.#takeChats(chats, before),
      onChange: () => this.#refresh(),
    });
    this.#book = new AddressBook(effects, {
      lookup: (address) => this.#list.find(address),
      refetch: () => this.#list.refetch(),
      adopt: (address, username) => this.#adopt(address, username),
    });
    this.#lost = new LostConversations(this.#book, this.#outbox);
    this.#backstop = new Backstop(effects, {
      save: (entry) => this.#outbox.add(entry),
      isSaved: async (clientId, key) => {
        const conversation = this.conversation(clientId);
        const isThere = () => conversation.hasSaved({ senderType: 'CLIENT', key });
        if (!isThere()) await conversation.catchUp();
        return isThere();
      },
    });
    this.#connection = openOperatorConnection(effects, this.#clock, access, options, this.#handlers());
    this.#snapshot = this.#build();
    this.#outbox.onChange(() => this.#refresh());
    this.#connection.onState(() => this.#refresh());
    this.#session.onChange(() => this.#refresh());
    this.#connection.onJoined(() => this.#catchUp());
    void this.#outbox.load().then(() => this.#outbox.begin());
  }

  getSnapshot(): OperatorSnapshot {
    return this.#snapshot;
  }

  subscribe(listener: () => void): () => void {
    return this.#changed.on(listener);
  }

  /** The conversation of a client, made when it is first asked for. */
  conversation(clientId: number): Conversation {
    const existing = this.#conversations.get(clientId);
    if (existing !== undefined) return existing;
    const conversation: Conversation = new Conversation({
      effects: this.#effects,
      clock: this.#clock,
      http: this.#http,
      outbox: this.#outbox,
      clientId,
      sessionId: null,
      side: this.#side,
      operator: this.#options.operator,
      maxImageBytes: this.#options.maxImageBytes,
      checkHidden: false,
      ...speakAsOperator(this.#connection, this.#options.operator, () => this.#list.address(clientId)),
      report: async (marks, epoch) => {
        await this.#http.request('POST', '/api/chat/receipts', { ...marks, clientId, epoch: epoch ?? undefined });
      },
      onArrival: (message) => this.#arrivals.tell({ clientId, message }),
      onReached: () => this.#outbox.reached(),
      onMissing: () => this.#lost.recover(clientId, conversation),
    });
    this.#conversations.set(clientId, conversation);
    conversation.subscribe(() => this.#takeConversation(clientId, conversation));
    return conversation;
  }

  async setBlocked(clientId: number, blocked: boolean): Promise<void> {
    const answer = await this.#http.request<BlockVisitorResponse>('POST', '/api/chat/block', { clientId, blocked });
    this.#list.typing(clientId, false);
    this.#list.apply({ type: 'blocked', clientId, at: answer.blockedAt });
  }

  onArrival(listener: (arrived: ArrivedMessage) => void): () => void {
    return this.#arrivals.on(listener);
  }

  close(): void {
    this.#closed = true;
    this.#http.timings.close();
    for (const conversation of this.#conversations.values()) conversation.close();
    this.#connection.close();
    this.#backstop.close();
    this.#book.close();
    this.#list.close();
    this.#outbox.close();
    this.#session.close();
  }

  /** Something may have been missed. The list tells which of the conversations that nobody looks at have news. */
  #catchUp(): void {
    if (this.#closed) return;
    void this.#list.refetch();
    for (const conversation of this.#conversations.values()) if (conversation.isVisible()) void conversation.catchUp();
  }

  /** The list follows the conversations that are kept complete here. */
  #takeConversation(clientId: number, conversation: Conversation): void {
    const last = conversation.getSnapshot().messages.at(-1);
    if (last !== undefined) {
      this.#list.apply({ type: 'message', clientId, content: last });
      if (conversation.isVisible()) this.#list.apply({ type: 'read', clientId, until: last.createdAt });
    }
    this.#refresh();
  }

  #takeChats(chats: readonly RecentChat[], before: ListState): void {
    for (const { client, lastMessage, receipts } of chats) {
      if (lastMessage === null) continue;
      const held = this.#conversations.get(client.id);
      held?.hint(lastMessage.seq);
      held?.hintSeen({ by: 'client', deliveredSeq: receipts.clientDeliveredSeq, readSeq: receipts.clientReadSeq });
    }
    // The relay did not bring them (its line was down): they ring all the same.
    for (const missed of newsOf(chats, before, this.#side)) {
      if (!this.#conversations.has(missed.clientId)) this.#arrivals.tell(missed);
    }
  }

  async #adopt(address: string, username: string): Promise<number> {
    const answer = await this.#http.request<StartSessionResponse>('POST', '/api/chat/sessions', { clientSocketId: address, username });
    const at = new Date(this.#clock.now()).toISOString();
    this.#list.apply({ type: 'adopted', clientId: answer.clientId, username: answer.username, address, at });
    this.#list.refetchSoon();
    return answer.clientId;
  }

  #handlers(): Parameters<typeof openOperatorConnection>[4] {
    return {
      newChat: ({ clientId: address, username }) => {
        this.#book.noteName(address, username);
        this.#book.whenKnown(address, () => this.#list.refetchSoon());
      },
      incomingMessage: (event) => {
        const message = liveMessage(event, { from: event.from, senderType: 'CLIENT' });
        this.#hear(event.from, (clientId) => {
          this.#liveAt.set(clientId, this.#effects.now());
          this.#list.typing(clientId, false);
          this.#list.apply({ type: 'message', clientId, content: message });
          this.conversation(clientId).receive(message);
          this.#backstop.watch(clientId, event.from, message);
        });
      },
      operatorBroadcast: (event) => {
        const { clientId: address, operatorId, operatorName } = event;
        const message = liveMessage(event, { from: address, senderType: 'OPERATOR', operatorId, operatorName });
        this.#book.whenKnown(address, (clientId) => {
          this.#liveAt.set(clientId, this.#effects.now());
          this.#list.apply({ type: 'message', clientId, content: message });
          this.#conversations.get(clientId)?.receive(message);
        });
      },
      clientTyping: ({ from, isTyping }) => {
        const clientId = this.#book.find(from);
        if (clientId === undefined || this.#list.isBlocked(clientId)) return;
        this.#list.typing(clientId, isTyping);
        this.#conversations.get(clientId)?.receiveTyping(isTyping ? (this.#list.username(clientId) ?? '…') : null);
      },
      chatEnded: ({ clientId: address }) => this.#hear(address, (clientId) => this.#takeEnd(clientId, address)),
      conversationChanged: (hint) => this.#takeHint(hint),
      messagesSeen: (hint) => {
        const clientId = this.#book.find(hint.clientId);
        if (clientId === undefined) return;
        const conversation = this.#conversations.get(clientId);
        conversation?.hintSeen(hint);
        // A colleague has read it: the number of unread messages changes.
        if (conversation === undefined && hint.by === 'operator') this.#list.refetchSoon();
      },
      resync: soon(this.#effects, () => this.#catchUp()),
      error: (error) => this.#effects.note('relay: refused', error),
    };
  }

  /** Does what a visitor's event asks for, unless the visitor is blocked: a relay that was started since believes its token until that runs out. */
  #hear(address: string, act: (clientId: number) => void): void {
    this.#book.whenKnown(address, (clientId) => (this.#list.isBlocked(clientId) ? undefined : act(clientId)));
  }

  #takeEnd(clientId: number, address: string): void {
    const at = new Date(this.#clock.now()).toISOString();
    this.#list.typing(clientId, false);
    this.#list.apply({ type: 'ended', clientId, at });
    this.#conversations.get(clientId)?.receiveEnd(at);
    if (OWN_ADDRESS.test(address)) return;
    // An old front-end tells only the relay; the console tells the database.
    this.#http.request('POST', '/api/chat/end', { clientId }).catch((error: unknown) => this.#effects.note('end not kept', error));
  }

  #takeHint({ clientId: address, lastSeq, visitorChanged }: RelayPayloads['conversationChanged']): void {
    const clientId = this.#book.find(address);
    if (clientId === undefined || visitorChanged === true) {
      this.#list.refetchSoon();
      return;
    }
    const conversation = this.#conversations.get(clientId);
    conversation?.hint(lastSeq);
    const live = this.#effects.now() - (this.#liveAt.get(clientId) ?? 0) < LIVE_MS;
    if (conversation === undefined && !live) this.#list.refetchSoon();
  }

  #refresh(): void {
    if (this.#closed || this.#snapshot === undefined) return;
    const next = this.#build();
    if (shallowEqual(this.#snapshot, next)) return;
    this.#snapshot = next;
    this.#changed.emit();
  }

  #build(): OperatorSnapshot {
    return {
      conversations: this.#list.summaries(),
      list: this.#list.phase(),
      signedOut: this.#session.holder() !== 'own',
      somebodyElse: this.#session.holder() === 'other',
      connection: this.#connection.state(),
      noLiveConnection: this.#connection.noLiveConnection(),
      savesFailing: this.#outbox.isFailing(),
      outboxVolatile: this.#outbox.isVolatile(),
    };
  }
}

/**
 * Opens an operator's side of the chat: every conversation, and the backstop for visitors whose own client fails to save. Works until `close`.
 *
 * `effects` are those of the browser unless a test or another host gives its own.
 */
export function createOperatorChat(options: OperatorChatOptions, effects: Effects = browserEffects(options.debug)): OperatorChat {
  return new Operator(options, effects);
}
