import type { RecentChat } from '@switchboard/protocol/types';

import { Arrivals } from '../conversation/arrivals.ts';
import type { ConversationContext } from '../conversation/context.ts';
import type {
  ArrivedMessage,
  ConversationHandle,
  ConversationSummary,
  ListView,
  OperatorChat,
  OperatorChatOptions,
  OperatorSnapshot,
} from '../model/types.ts';
import type { Outbox } from '../outbox/outbox.ts';
import { browserEffects } from '../platform/effects.ts';
import type { Effects } from '../platform/effects.ts';
import { createEmitter } from '../platform/emitter.ts';
import { createServerClock, type ServerClock } from '../platform/server-clock.ts';
import { shallowEqual } from '../platform/shallow-equal.ts';
import type { Side } from '../timeline/view.ts';
import type { Connection } from '../transport/connection.ts';
import type { Http } from '../transport/http.ts';
import { AddressBook } from './address-book.ts';
import { Backstop } from './backstop.ts';
import { ConversationCache } from './conversation-cache.ts';
import { arrivalOf } from './list/list-news.ts';
import { LiveList } from './list/live-list.ts';
import { LostConversations } from './lost-conversations.ts';
import { OperatorEvents } from './operator-events.ts';
import { openOperatorConnection, openOperatorAccess, openOperatorOutbox, speakAsOperator } from './operator-line.ts';
import type { OperatorSession } from './operator-session.ts';
import { OwnMessages } from './own-messages.ts';

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
  readonly #own: OwnMessages;
  readonly #book: AddressBook;
  readonly #backstop: Backstop;
  readonly #lost: LostConversations;
  readonly #cache: ConversationCache;
  readonly #side: Side;
  readonly #changed = createEmitter<void>();
  readonly #arrivals = new Arrivals();
  #joined = false;
  #closed = false;
  #snapshot: OperatorSnapshot;
  #version = 0;

  constructor(options: OperatorChatOptions, effects: Effects) {
    this.#effects = effects;
    this.#options = options;
    this.#side = { kind: 'operator', operatorId: options.operator.id };
    this.#clock = createServerClock(() => effects.now());
    const access = openOperatorAccess(effects, this.#clock, options.operator.id);
    this.#http = access.http;
    this.#session = access.session;
    this.#outbox = openOperatorOutbox(effects, access, (entry) => void this.#cache.get(entry.clientId).screen.relay(entry));
    this.#cache = this.#createCache();
    this.#own = new OwnMessages(this.#outbox, {
      operator: options.operator,
      list: () => this.#list,
      now: () => ({ heardAt: effects.now(), arrivedAt: new Date(this.#clock.now()).toISOString() }),
    });
    this.#list = this.#openList();
    this.#book = new AddressBook(effects, {
      lookup: (address) => this.#list.find(address),
      ask: (address) => this.#list.wantAddress(address),
      adopt: (address, username) => this.#adopt(address, username),
    });
    this.#lost = new LostConversations(this.#book, this.#outbox);
    this.#backstop = this.#openBackstop();
    const events = new OperatorEvents({
      effects,
      clock: this.#clock,
      http: this.#http,
      list: this.#list,
      book: this.#book,
      cache: this.#cache,
      backstop: this.#backstop,
      catchUp: () => this.#catchUp(),
    });
    this.#connection = openOperatorConnection(effects, this.#clock, access, options, events.handlers());
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

  setView(view: ListView): void {
    this.#list.setView(view);
  }

  loadMore(): Promise<void> {
    return this.#list.loadMore();
  }

  summaryOf(clientId: number): ConversationSummary | undefined {
    return this.#list.summaryOf(clientId);
  }

  fetchSummary(clientId: number): void {
    this.#list.want(clientId, true);
  }

  conversation(clientId: number): ConversationHandle {
    return this.#cache.get(clientId).screen;
  }

  async setBlocked(clientId: number, blocked: boolean): Promise<void> {
    const answer = await this.#http.request('POST /api/chat/block', { body: { clientId, blocked } });
    this.#list.typing(clientId, false);
    this.#list.apply(clientId, { type: 'blocked', at: answer.blockedAt });
    this.#list.want(clientId);
  }

  async setDone(clientId: number, done: boolean): Promise<void> {
    // What they have seen, in the conversation or in the list, is what they are done with.
    const seen = Math.max(this.#cache.lastSeq(clientId), this.#list.lastSeq(clientId) ?? 0);
    const body = { clientId, done, ...(done && seen > 0 ? { lastSeq: seen } : {}) };
    try {
      const answer = await this.#http.request('POST /api/chat/done', { body });
      this.#list.apply(clientId, { type: 'done', ...answer });
    } finally {
      // Whatever was refused: the row says why.
      this.#list.want(clientId);
    }
  }

  onArrival(listener: (arrived: ArrivedMessage) => void): () => void {
    return this.#arrivals.on(listener);
  }

  close(): void {
    this.#closed = true;
    this.#http.timings.close();
    this.#cache.close();
    this.#connection.close();
    this.#backstop.close();
    this.#book.close();
    this.#list.close();
    this.#outbox.close();
    this.#session.close();
  }

  #openList(): LiveList {
    return new LiveList(this.#effects, {
      recentChats: (query) => this.#http.request('GET /api/chat/recent', { query }),
      serverNow: () => this.#clock.now(),
      conversation: (clientId) => this.#cache.peek(clientId)?.screen,
      isWatched: (clientId) => this.#cache.isWatched(clientId),
      watched: () => this.#cache.watched(),
      unsent: (clientId) => this.#own.unsent(clientId),
      onKnown: (clientId) => this.#own.tell(clientId),
      onFetched: (chats, news) => this.#takeChats(chats, news),
      onSetBack: (before) => {
        this.#book.forget();
        this.#lost.noteBefore(before);
        for (const { sync } of this.#cache.all()) void sync.catchUp();
      },
      onChange: () => this.#refresh(),
    });
  }

  #createCache(): ConversationCache {
    return new ConversationCache({
      context: (clientId) => this.#contextOf(clientId),
      isAwaited: (clientId) => this.#backstop.isWatching(clientId),
      onChange: (clientId) => this.#list.refresh(clientId),
      onWatched: (clientId, watched) => this.#list.noteWatched(clientId, watched),
      onEvicted: (clientId) => {
        // The row says something else than the conversation did: one of them is older.
        if (this.#list.refresh(clientId)) this.#list.want(clientId);
      },
    });
  }

  #contextOf(clientId: number): ConversationContext {
    return {
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
      ...speakAsOperator(this.#connection, this.#options.operator, this.#effects.page.origin, () => this.#list.address(clientId)),
      report: async (marks, epoch) => {
        await this.#http.request('POST /api/chat/receipts', { body: { ...marks, clientId, epoch: epoch ?? undefined } });
      },
      onArrival: (message, seen) => this.#arrivals.notify({ clientId, message, seen }),
      onReached: () => this.#outbox.reached(),
      onMissing: () => this.#lost.recover(clientId, this.#cache.get(clientId).sync),
    };
  }

  #openBackstop(): Backstop {
    return new Backstop(this.#effects, {
      save: (entry) => this.#outbox.add(entry),
      isSaved: async (clientId, key) => {
        const { sync } = this.#cache.get(clientId);
        const isThere = () => sync.hasSaved({ senderType: 'CLIENT', key });
        if (!isThere()) await sync.catchUp();
        return isThere();
      },
      onDone: (clientId) => this.#cache.touch(clientId),
    });
  }

  /** Something may have been missed. The list tells which of the conversations that nobody looks at have news. */
  #catchUp(): void {
    if (this.#closed) return;
    // What was fetched a moment ago, while the page opened, misses no more than what was said since.
    if (this.#joined) this.#list.refetch();
    else this.#list.lookForNews();
    this.#joined = true;
    for (const { screen, sync } of this.#cache.all()) if (screen.isOpen()) void sync.catchUp();
  }

  #takeChats(chats: readonly RecentChat[], news: readonly RecentChat[]): void {
    for (const { client, lastMessage, receipts } of chats) {
      const sync = this.#cache.peek(client.id)?.sync;
      if (sync === undefined || lastMessage === null) continue;
      sync.hint(lastMessage.seq);
      sync.hintSeen({ by: 'client', deliveredSeq: receipts.clientDeliveredSeq, readSeq: receipts.clientReadSeq });
    }
    // The relay did not bring them (its connection was down): they ring all the same. A conversation in memory reports its own.
    for (const chat of news) {
      if (this.#cache.peek(chat.client.id) === undefined) for (const arrived of arrivalOf(chat, this.#side)) this.#arrivals.notify(arrived);
    }
  }

  async #adopt(address: string, username: string): Promise<number> {
    const answer = await this.#http.request('POST /api/chat/sessions', { body: { clientSocketId: address, username } });
    this.#list.adopt(answer.clientId, answer.username, address);
    return answer.clientId;
  }

  #refresh(): void {
    if (this.#closed || this.#snapshot === undefined) return;
    const next = this.#build();
    const version = this.#list.version();
    const unchanged = shallowEqual(this.#snapshot, next);
    if (unchanged && version === this.#version) return;
    this.#version = version;
    if (!unchanged) this.#snapshot = next;
    this.#changed.emit();
  }

  #build(): OperatorSnapshot {
    return {
      ...this.#list.snapshot(),
      unsent: this.#outbox.unsent(),
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
