import { MAX_RECENT_CHATS } from '@switchboard/protocol/limits';
import type { RecentChat, RecentChatsResponse } from '@switchboard/protocol/types';

import type { ListView, OperatorSnapshot } from '../../model/types.ts';
import type { Effects } from '../../platform/effects.ts';
import { isWaiting } from './conversation-list.ts';
import type { ListState } from './conversation-list.ts';
import { completeRows, knownInView, knownNewest, NO_ROWS, versionsOf } from './known-rows.ts';
import type { KnownRows } from './known-rows.ts';
import type { ListModel } from './list-model.ts';
import { isNews } from './list-news.ts';
import type { Place } from './list-order.ts';
import type { RowQuery } from './row-requests.ts';

/** How many of the newest chats are asked for, when something may have been missed: more, as long as all of them are news. */
const NEWEST = [10, 50, MAX_RECENT_CHATS];

/** `GET /api/chat/recent`, as its query says it. */
export type RecentQuery = RowQuery & {
  readonly view?: ListView;
  readonly cursor?: string;
  readonly limit?: number;
  readonly known?: readonly string[];
};

/** An answer whose rows are complete. */
interface Answered extends Omit<RecentChatsResponse, 'chats'> {
  readonly chats: readonly RecentChat[];
}

export interface ListLoaderHooks {
  recentChats(query: RecentQuery): Promise<RecentChatsResponse>;
  /** Milliseconds since 1970, by the server's clock. */
  serverNow(): number;
  /** The row has to be asked for before long. */
  want(clientId: number): void;
  /** `news`: those of them with a message that was not known. */
  onFetched(chats: readonly RecentChat[], news: readonly RecentChat[]): void;
  /** The database was set back to an older copy; `before`: the list as it was. */
  onSetBack(before: ListState): void;
  onChange(): void;
}

/** Brings the list's rows from the server: the view page by page, single rows, what was missed, and how many wait. Each method rejects when it can't. */
export class ListLoader {
  readonly #effects: Pick<Effects, 'now'>;
  readonly #model: ListModel;
  readonly #hooks: ListLoaderHooks;
  readonly #pageSize: number;
  /** Counts requests and what happens, so that an answer can be told from what came after its question. */
  #step = 0;
  #epoch: string | undefined;
  /** Everything was forgotten at this step. */
  #forgotten = 0;
  #phase: OperatorSnapshot['list'] = 'loading';
  /** Rows of the view that are wanted. */
  #wanted: number;
  /** Where the next page begins: undefined before the first, null after the last. */
  #cursor: string | null | undefined;
  #loadingMore = false;
  /** The list is known to be complete until then, by the server's clock, ISO-8601; empty before the first answer. */
  #completeUntil = '';
  /** Changes of the model's count that the server's last count includes. */
  #counted = 0;

  constructor(effects: Pick<Effects, 'now'>, model: ListModel, hooks: ListLoaderHooks, pageSize: number) {
    this.#effects = effects;
    this.#model = model;
    this.#hooks = hooks;
    this.#pageSize = pageSize;
    this.#wanted = pageSize;
  }

  /** What a snapshot says of it. */
  state(): Pick<OperatorSnapshot, 'hasMore' | 'loadingMore' | 'list'> {
    return { hasMore: this.hasMore(), loadingMore: this.#loadingMore, list: this.#phase };
  }

  hasMore(): boolean {
    return typeof this.#cursor === 'string';
  }

  /** The number of something that happens now. */
  nextStep(): number {
    this.#step += 1;
    return this.#step;
  }

  /** Another view is shown from now on. */
  begin(): void {
    this.#wanted = this.#pageSize;
    this.#cursor = undefined;
    this.#phase = 'loading';
    this.#loadingMore = false;
  }

  /** One more page is wanted. */
  wantMore(): void {
    if (this.#loadingMore) return;
    this.#wanted = Math.max(this.#wanted, this.#model.shown().length) + this.#pageSize;
    this.#loadingMore = true;
    this.#hooks.onChange();
  }

  noteFailure(): void {
    if (this.#phase === 'loading') this.#phase = 'failed';
    this.#hooks.onChange();
  }

  /** Brings the rows that are wanted: `stale`, those that are there as well; `missed`: and messages that came unheard. */
  async load(stale: boolean, missed: boolean): Promise<void> {
    const isFirst = this.#completeUntil === '';
    const began = this.#effects.now();
    await this.#walk(stale);
    // A second less: the clocks are compared no better than that, and what is told twice rings once.
    if (isFirst) this.#completeUntil = new Date(this.#hooks.serverNow() - (this.#effects.now() - began) - 1_000).toISOString();
    else if (missed) await this.#lookForNews();
    await this.count();
  }

  async fetchRows(query: RowQuery): Promise<void> {
    const { answer, take } = await this.#ask(query);
    take();
    const told = new Set(answer.chats.map(({ client }) => client.id));
    const asked = new Set(query.ids);
    // A server of the build before tells others, which says nothing of those that it does not tell.
    const isComplete = answer.chats.every(({ client }) => asked.has(client.id));
    if (isComplete) for (const clientId of asked) if (!told.has(clientId)) this.#model.forget(clientId);
    this.#hooks.onChange();
  }

  /** Has the server count those who wait, when that may have changed. */
  async count(): Promise<void> {
    if (this.#model.waitingChanges === this.#counted) return;
    const { answer, take } = await this.#ask({ view: 'waiting', limit: 1 });
    take();
    if (answer.counts === undefined) this.#countRows();
  }

  /** Reads the view, from its beginning or where it ended before, until there are as many rows as are wanted. */
  async #walk(fromBeginning: boolean): Promise<void> {
    const view = this.#model.view();
    const loadingMore = this.#loadingMore;
    let from: Place | null = fromBeginning ? null : this.#model.boundary();
    let cursor = fromBeginning ? undefined : this.#cursor;
    let count = fromBeginning ? 0 : this.#model.shown().length;
    while (cursor !== null && count < this.#wanted) {
      const limit = Math.min(this.#wanted - count, MAX_RECENT_CHATS);
      const query = { view, limit, ...(cursor === undefined ? {} : { cursor }) };
      const { answer, step, take } = await this.#ask(query, knownInView(this.#model.rows(), this.#model.places(), from, limit));
      if (this.#isOther(view, step)) return;
      if (answer.nextCursor === undefined) {
        await this.#takeAll(view);
        return;
      }
      cursor = answer.nextCursor;
      const to = cursor === null ? null : this.#model.lastPlace(answer.chats);
      const told = new Set(answer.chats.map(({ client }) => client.id));
      for (const clientId of this.#model.cover(told, from, to, step)) this.#hooks.want(clientId);
      take();
      [from, count] = [to, count + answer.chats.length];
    }
    this.#finish(cursor, from, loadingMore);
  }

  /** A server of the build before has no views: all that it tells is what there is. */
  async #takeAll(view: ListView): Promise<void> {
    const { answer, step, take } = await this.#ask({});
    if (this.#isOther(view, step)) return;
    const told = new Set(answer.chats.map(({ client }) => client.id));
    for (const clientId of this.#model.cover(told, null, null, step)) this.#hooks.want(clientId);
    take();
    this.#countRows();
    this.#finish(null, null, true);
  }

  /** Whether the question is not asked any more: of another view, or before everything was forgotten. */
  #isOther(view: ListView, step: number): boolean {
    return this.#model.view() !== view || step < this.#forgotten;
  }

  #finish(cursor: string | null | undefined, boundary: Place | null, loadedMore: boolean): void {
    this.#cursor = cursor;
    this.#model.setBoundary(cursor === null ? null : boundary);
    this.#phase = 'ready';
    if (loadedMore) this.#loadingMore = false;
    this.#hooks.onChange();
  }

  /** Messages that came while nobody told are among the newest. */
  async #lookForNews(): Promise<void> {
    let until = this.#completeUntil;
    for (const limit of NEWEST) {
      const { answer, take } = await this.#ask({ limit }, knownNewest(this.#model.rows(), limit));
      take();
      const activity = answer.chats.map(({ lastActivityAt }) => lastActivityAt);
      for (const at of activity) if (at > until) until = at;
      if (activity.length < limit || activity.some((at) => at <= this.#completeUntil)) break;
    }
    this.#completeUntil = until;
  }

  /** Asks, and takes nothing of the answer but whose history it is of. */
  async #ask(query: RecentQuery, known: KnownRows = NO_ROWS): Promise<{ answer: Answered; step: number; take: () => void }> {
    const step = this.nextStep();
    const changes = this.#model.waitingChanges;
    const given = await this.#hooks.recentChats(known.size === 0 ? query : { ...query, known: versionsOf(known) });
    this.#takeEpoch(given.epoch);
    // A version says nothing of another history.
    const answer = { ...given, chats: completeRows(given.chats, step < this.#forgotten ? NO_ROWS : known) };
    return { answer, step, take: () => this.#take(answer, step, changes) };
  }

  #take({ chats, counts }: Answered, step: number, changes: number): void {
    const news =
      this.#completeUntil === '' ? [] : chats.filter((chat) => isNews(chat, this.#model.row(chat.client.id), this.#completeUntil));
    const isCounted = changes === this.#model.waitingChanges;
    for (const clientId of this.#model.take(chats, step)) this.#hooks.want(clientId);
    // Counted before something that has changed it since: it is counted again.
    if (isCounted && counts !== undefined) this.#noteCount(counts.waiting);
    this.#hooks.onChange();
    this.#hooks.onFetched(chats, news);
  }

  #noteCount(waiting: number): void {
    this.#model.waiting = waiting;
    this.#counted = this.#model.waitingChanges;
  }

  /** A server of the build before does not count: the rows have to do. */
  #countRows(): void {
    this.#noteCount([...this.#model.rows().values()].filter(isWaiting).length);
    this.#hooks.onChange();
  }

  /** Nothing of another database's list is kept: what was read, unread or known by an address there says nothing here. */
  #takeEpoch(epoch: string | undefined): void {
    const before = this.#epoch;
    this.#epoch = epoch ?? before;
    if (before === undefined || epoch === undefined || before === epoch) return;
    const list = new Map(this.#model.rows());
    this.#model.forgetAll();
    this.#forgotten = this.nextStep();
    this.#hooks.onSetBack(list);
  }
}
