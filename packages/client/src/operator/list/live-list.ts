import { DEFAULT_CHATS_PAGE } from '@switchboard/protocol/limits';

import { HeadCheck } from '../../conversation/head-check.ts';
import type { ConversationSummary, ListView, OperatorSnapshot } from '../../model/types.ts';
import type { Effects } from '../../platform/effects.ts';
import { lruSet } from '../../platform/lru.ts';
import { RetryingTask } from '../../platform/retrying-task.ts';
import type { RowEvent } from './conversation-list.ts';
import { ListLoader } from './list-loader.ts';
import type { ListLoaderHooks } from './list-loader.ts';
import { ListModel } from './list-model.ts';
import type { ListModelHooks } from './list-model.ts';
import { RowRequests } from './row-requests.ts';

export interface LiveListHooks extends Omit<ListModelHooks, 'onUncounted'>, Omit<ListLoaderHooks, 'want' | 'onChange'> {
  /** Conversations that somebody looks at: their rows have to be fresh, whatever the view shows. */
  watched(): Iterable<number>;
}

/** Addresses of which something was heard before they were known. */
const MEMORY = 1_000;

/**
 * The console's list: the rows of a view, loaded page by page, and what is known of other conversations. Live news show at once; the row that they are about
 * is asked for a moment later, and its answer decides.
 */
export class LiveList {
  readonly #hooks: LiveListHooks;
  readonly #model: ListModel;
  readonly #loader: ListLoader;
  readonly #loading: RetryingTask;
  readonly #requests: RowRequests;
  readonly #headCheck: HeadCheck;
  readonly #stopWake: () => void;
  readonly #pageSize: number;
  /** The view has to be read from its beginning. */
  #stale = true;
  /** Something may have been missed. */
  #missed = false;
  /** Addresses that were not known when something about them was heard, and when that was. */
  readonly #unknown = new Map<string, number>();

  constructor(effects: Effects, hooks: LiveListHooks, pageSize = DEFAULT_CHATS_PAGE) {
    this.#hooks = hooks;
    this.#pageSize = pageSize;
    this.#model = new ListModel(effects, {
      conversation: (clientId) => hooks.conversation(clientId),
      isWatched: (clientId) => hooks.isWatched(clientId),
      unsent: (clientId) => hooks.unsent(clientId),
      onKnown: (clientId, asOf) => this.#takeKnown(clientId, asOf),
      onUncounted: () => this.#requests.finishLater(),
      onChange: () => hooks.onChange(),
    });
    this.#loader = new ListLoader(
      effects,
      this.#model,
      {
        recentChats: (query) => hooks.recentChats(query),
        serverNow: () => hooks.serverNow(),
        want: (clientId) => this.want(clientId),
        onFetched: (chats, news) => hooks.onFetched(chats, news),
        onSetBack: (before) => {
          this.refetch();
          hooks.onSetBack(before);
        },
        onChange: () => hooks.onChange(),
      },
      pageSize,
    );
    this.#loading = new RetryingTask(effects, {
      work: () => this.#load(),
      onFailure: (error) => {
        effects.note('list not fetched', error);
        this.#loader.noteFailure();
      },
    });
    this.#requests = new RowRequests(
      effects,
      async (query) => {
        await this.#loader.fetchRows(query);
        this.#refill();
      },
      () => this.#loader.count(),
    );
    this.#headCheck = new HeadCheck(effects, () => this.refetch());
    this.#headCheck.schedule(true);
    this.#stopWake = effects.page.onWake(() => this.refetch(true));
    this.#loading.trigger();
  }

  /** What a snapshot says of it. */
  snapshot(): Pick<OperatorSnapshot, 'view' | 'conversations' | 'hasMore' | 'loadingMore' | 'waiting' | 'list'> {
    const { waiting } = this.#model;
    return { view: this.#model.view(), conversations: this.#model.shown(), waiting, ...this.#loader.state() };
  }

  /** Grows with every change of what `summaryOf` answers. */
  version(): number {
    return this.#model.version;
  }

  summaryOf(clientId: number): ConversationSummary | undefined {
    return this.#model.summaryOf(clientId);
  }

  address(clientId: number): string | null {
    return this.#model.row(clientId)?.chat.client.address ?? null;
  }

  isBlocked(clientId: number): boolean {
    return this.#model.row(clientId)?.chat.client.blockedAt != null;
  }

  /** Number of the newest message that the list knows to be saved there. */
  lastSeq(clientId: number): number | undefined {
    return this.#model.row(clientId)?.chat.lastMessage?.seq;
  }

  /** Up to where operators have seen the conversation, as far as the list knows. */
  readSeq(clientId: number): number | undefined {
    return this.#model.row(clientId)?.chat.receipts.operatorReadSeq;
  }

  find(address: string): number | undefined {
    return this.#model.find(address);
  }

  setView(view: ListView): void {
    if (view === this.#model.view()) return;
    this.#loader.begin();
    this.#stale = true;
    this.#model.setView(view);
    this.#loading.trigger(true);
  }

  async loadMore(): Promise<void> {
    if (!this.#loader.hasMore()) return;
    this.#loader.wantMore();
    await this.#loading.nextSuccess();
  }

  /** Something may have been missed: looks at everything again. */
  refetch(eager = false): void {
    this.#stale = true;
    this.lookForNews(eager);
  }

  /** Looks for messages that were missed. */
  lookForNews(eager = false): void {
    this.#missed = true;
    this.#loading.trigger(eager);
  }

  /** Asks for the row of a conversation before long; `soon`: somebody waits for it. */
  want(clientId: number, soon = false): void {
    this.#requests.want(clientId, soon);
  }

  /** The same by address. Resolves once a request that began after this call has been answered. */
  wantAddress(address: string): Promise<void> {
    return this.#requests.wantAddress(address);
  }

  /** Something has changed there that matters only once the address is known: an answer may be on its way that was given before. */
  noteUnknown(address: string): void {
    lruSet(this.#unknown, address, this.#loader.nextStep(), MEMORY);
  }

  apply(clientId: number, event: RowEvent): void {
    this.#model.apply(clientId, event, this.#loader.nextStep());
    this.#refill();
  }

  adopt(clientId: number, username: string, address: string): void {
    this.#model.adopt(clientId, username, address, new Date(this.#hooks.serverNow()).toISOString());
    this.want(clientId);
  }

  typing(clientId: number, isTyping: boolean): void {
    this.#model.typing(clientId, isTyping);
  }

  /** What its conversation, or the outbox, says of it has changed. Returns whether that shows. */
  refresh(clientId: number): boolean {
    return this.#model.refresh(clientId);
  }

  noteWatched(clientId: number, watched: boolean): void {
    this.#model.noteWatched(clientId, watched);
    if (watched) this.want(clientId, true);
  }

  close(): void {
    this.#stopWake();
    this.#headCheck.close();
    this.#loading.close();
    this.#requests.close();
    this.#model.close();
  }

  async #load(): Promise<void> {
    const [stale, missed] = [this.#stale, this.#missed];
    [this.#stale, this.#missed] = [false, false];
    try {
      await this.#loader.load(stale, missed);
    } catch (error) {
      this.#stale ||= stale;
      this.#missed ||= missed;
      throw error;
    }
    if (missed) for (const clientId of this.#hooks.watched()) this.want(clientId);
  }

  #takeKnown(clientId: number, asOf: number): void {
    const address = this.address(clientId);
    const heardAt = address === null ? undefined : this.#unknown.get(address);
    if (address !== null && heardAt !== undefined) {
      this.#unknown.delete(address);
      if (heardAt > asOf) this.want(clientId);
    }
    this.#hooks.onKnown(clientId, asOf);
  }

  /** The view has run out of rows, while the server has more. */
  #refill(): void {
    if (this.#loader.hasMore() && this.#model.shown().length < this.#pageSize / 2) this.refetch();
  }
}
