import type { ConversationActionName, RecentChat, RequestOf } from '@switchboard/protocol/types';

import { Arrivals } from '../conversation/arrivals.ts';
import type { ConversationContext } from '../conversation/context.ts';
import type { ArrivedMessage } from '../model/types.ts';
import type { Outbox } from '../outbox/outbox.ts';
import type { Connection } from '../transport/connection.ts';
import { AddressResolver } from './address-resolver.ts';
import { ConversationCache } from './conversation-cache.ts';
import { FallbackSaver } from './fallback-saver.ts';
import { LiveList } from './list/live-list.ts';
import { newestArrival } from './list/missed-messages.ts';
import { LostConversations } from './lost-conversations.ts';
import { senderTo } from './operator-connection.ts';
import type { OperatorContext } from './operator-context.ts';
import { OwnMessages } from './own-messages.ts';

export interface OperatorConversationsHooks {
  connection(): Connection;
  /** The list, or a summary, has changed. */
  onChange(): void;
}

/** What holds of every endpoint of `ConversationActionName`; the compiler does not conclude it of a name that it does not know. */
interface ActionHttp {
  request(name: ConversationActionName, request: unknown): Promise<Partial<RecentChat['client']>>;
}

/** All conversations of an operator's side: the list, those in memory, and everything that keeps the two complete. */
export class OperatorConversations {
  readonly list: LiveList;
  readonly cache: ConversationCache;
  readonly addresses: AddressResolver;
  readonly fallback: FallbackSaver;
  readonly #context: OperatorContext;
  readonly #outbox: Outbox;
  readonly #hooks: OperatorConversationsHooks;
  readonly #own: OwnMessages;
  readonly #lost: LostConversations;
  readonly #arrivals = new Arrivals();
  #joined = false;

  constructor(context: OperatorContext, outbox: Outbox, hooks: OperatorConversationsHooks) {
    const { effects, clock, operator } = context;
    this.#context = context;
    this.#outbox = outbox;
    this.#hooks = hooks;
    this.cache = this.#createCache();
    this.#own = new OwnMessages(outbox, {
      operator,
      list: () => this.list,
      now: () => ({ receivedAt: effects.now(), arrivedAt: new Date(clock.now()).toISOString() }),
    });
    this.list = this.#openList();
    this.addresses = new AddressResolver(effects, {
      lookup: (address) => this.list.find(address),
      ask: (address) => this.list.wantAddress(address),
      adopt: (address, username) => this.#adopt(address, username),
    });
    this.#lost = new LostConversations(this.addresses, outbox);
    this.fallback = this.#openFallback();
  }

  async perform<N extends ConversationActionName>(name: N, request: RequestOf<N>): Promise<void> {
    const { body } = request as { readonly body: { readonly clientId: number } };
    const http = this.#context.http as ActionHttp;
    try {
      this.list.apply(body.clientId, { type: 'changed', client: await http.request(name, request) });
    } finally {
      // After a refusal the row shows why.
      this.list.want(body.clientId);
    }
  }

  async setDone(clientId: number, done: boolean): Promise<void> {
    // The operator is done with what they have seen, in the conversation or in the list.
    const seen = Math.max(this.cache.lastSeq(clientId), this.list.lastSeq(clientId) ?? 0);
    await this.perform('POST /api/chat/done', { body: { clientId, done, ...(done && seen > 0 ? { lastSeq: seen } : {}) } });
  }

  /** Something may have been missed. The list shows which of the closed conversations have new messages. */
  catchUp(): void {
    // What was fetched a moment ago, while the page opened, can have missed nothing but new messages.
    if (this.#joined) this.list.refetch();
    else this.list.lookForNews();
    this.#joined = true;
    for (const { screen, sync } of this.cache.all()) if (screen.isOpen()) void sync.catchUp();
  }

  onArrival(listener: (arrived: ArrivedMessage) => void): () => void {
    return this.#arrivals.on(listener);
  }

  close(): void {
    this.cache.close();
    this.fallback.close();
    this.addresses.close();
    this.list.close();
  }

  #openList(): LiveList {
    const { effects, clock, http } = this.#context;
    return new LiveList(effects, {
      recentChats: (query) => http.request('GET /api/chat/recent', { query }),
      serverNow: () => clock.now(),
      conversation: (clientId) => this.cache.peek(clientId)?.screen,
      isWatched: (clientId) => this.cache.isWatched(clientId),
      watched: () => this.cache.watched(),
      unsent: (clientId) => this.#own.unsent(clientId),
      onKnown: (clientId) => this.#own.show(clientId),
      onFetched: (chats, missed) => this.#takeChats(chats, missed),
      onSetBack: (before) => {
        this.addresses.forget();
        this.#lost.noteBefore(before);
        for (const { sync } of this.cache.all()) void sync.catchUp();
      },
      onChange: () => this.#hooks.onChange(),
    });
  }

  #createCache(): ConversationCache {
    return new ConversationCache({
      context: (clientId) => this.#contextOf(clientId),
      isAwaited: (clientId) => this.fallback.isWatching(clientId),
      onChange: (clientId) => this.list.refresh(clientId),
      onWatched: (clientId, watched) => this.list.noteWatched(clientId, watched),
      onEvicted: (clientId) => {
        // The row and the conversation differed: one of them is older.
        if (this.list.refresh(clientId)) this.list.want(clientId);
      },
    });
  }

  #contextOf(clientId: number): ConversationContext {
    const { effects, clock, http, operator, maxImageBytes, side } = this.#context;
    return {
      effects,
      clock,
      http,
      outbox: this.#outbox,
      clientId,
      sessionId: null,
      side,
      operator,
      maxImageBytes,
      checkHidden: false,
      ...senderTo(
        () => this.list.address(clientId),
        this.#context,
        () => this.#hooks.connection(),
      ),
      report: async (marks, epoch) => {
        await http.request('POST /api/chat/receipts', { body: { ...marks, clientId, epoch: epoch ?? undefined } });
      },
      onArrival: (message, seen) => this.#arrivals.notify({ clientId, message, seen }),
      onReached: () => this.#outbox.reached(),
      onMissing: () => this.#lost.recover(clientId, this.cache.get(clientId).sync),
    };
  }

  #openFallback(): FallbackSaver {
    return new FallbackSaver(this.#context.effects, {
      save: (entry) => this.#outbox.add(entry),
      isSaved: async (clientId, key) => {
        const { sync } = this.cache.get(clientId);
        const isThere = () => sync.hasSaved({ senderType: 'CLIENT', key });
        if (!isThere()) await sync.catchUp();
        return isThere();
      },
      onDone: (clientId) => this.cache.touch(clientId),
    });
  }

  #takeChats(chats: readonly RecentChat[], missed: readonly RecentChat[]): void {
    for (const { client, lastMessage, receipts } of chats) {
      const sync = this.cache.peek(client.id)?.sync;
      if (sync === undefined || lastMessage === null) continue;
      sync.hint(lastMessage.seq);
      sync.hintSeen({ by: 'client', deliveredSeq: receipts.clientDeliveredSeq, readSeq: receipts.clientReadSeq });
    }
    // The relay did not bring them, because its connection was down. A conversation in memory reports its own.
    for (const chat of missed) {
      if (this.cache.peek(chat.client.id) === undefined)
        for (const arrived of newestArrival(chat, this.#context.side)) this.#arrivals.notify(arrived);
    }
  }

  async #adopt(address: string, username: string): Promise<number> {
    const answer = await this.#context.http.request('POST /api/chat/sessions', { body: { clientSocketId: address, username } });
    this.list.adopt(answer.clientId, answer.username, address);
    return answer.clientId;
  }
}
