import { DEFAULT_CHATS_PAGE } from '@switchboard/protocol/limits';

import { HeadCheck } from '../../conversation/head-check.ts';
import type { ConversationSummary, ListView, OperatorSnapshot } from '../../model/types.ts';
import type { Effects } from '../../platform/effects.ts';
import { lruSet } from '../../platform/lru.ts';
import { RetryingTask } from '../../platform/retrying-task.ts';
import type { RowEvent } from './list-row.ts';
import { ListLoader } from './list-loader.ts';
import type { ListLoaderHooks } from './list-loader.ts';
import { ListModel } from './list-model.ts';
import type { ListModelHooks } from './list-model.ts';
import { RowRequests } from './row-requests.ts';

export interface LiveListHooks extends Omit<ListModelHooks, 'onUncounted'>, Omit<ListLoaderHooks, 'want' | 'onChange'> {
  /** Conversations that are open in a view: their rows must be up to date, whatever the list shows. */
  watched(): Iterable<number>;
}

/** How many unknown addresses with changes are remembered. */
const MEMORY = 1_000;

/**
 * The console's list: the rows of a view, loaded page by page, and rows of other conversations. Live events change a row at once. The row is fetched a moment
 * later, and the answer replaces it.
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
  /** The view must be read from its beginning. */
  #stale = true;
  /** Messages may have been missed. */
  #missed = false;
  /** Addresses that were unknown when something changed there, with the step of that change. */
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
        onFetched: (chats, missed) => hooks.onFetched(chats, missed),
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

  /** Its part of a snapshot. */
  snapshot(): Pick<OperatorSnapshot, 'view' | 'conversations' | 'hasMore' | 'loadingMore' | 'waiting' | 'list'> {
    return { view: this.#model.view(), conversations: this.#model.shown(), waiting: this.#model.waiting.value(), ...this.#loader.state() };
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

  /** `seq` of the conversation's newest saved message, as far as the list knows. */
  lastSeq(clientId: number): number | undefined {
    return this.#model.row(clientId)?.chat.lastMessage?.seq;
  }

  /** `seq` up to which operators have read the conversation, as far as the list knows. */
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

  /** Something may have been missed: reads everything again. */
  refetch(eager = false): void {
    this.#stale = true;
    this.lookForNews(eager);
  }

  /** Looks for messages that were missed. */
  lookForNews(eager = false): void {
    this.#missed = true;
    this.#loading.trigger(eager);
  }

  /** Fetches the row of a conversation soon; `isAwaited`: a person waits for it. */
  want(clientId: number, isAwaited = false): void {
    this.#requests.want(clientId, isAwaited);
  }

  /** The same by address. Resolves once a request that began after this call has been answered. */
  wantAddress(address: string): Promise<void> {
    return this.#requests.wantAddress(address);
  }

  /** Something has changed at an unknown address. Once its row is known, an answer from before the change does not count. */
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

  /** Its conversation or the outbox has changed. Returns whether its summary has, too. */
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
    const receivedAt = address === null ? undefined : this.#unknown.get(address);
    if (address !== null && receivedAt !== undefined) {
      this.#unknown.delete(address);
      if (receivedAt > asOf) this.want(clientId);
    }
    this.#hooks.onKnown(clientId, asOf);
  }

  /** Reads the view again when few rows are left of it and the server has more. */
  #refill(): void {
    if (this.#loader.hasMore() && this.#model.shown().length < this.#pageSize / 2) this.refetch();
  }
}
