import { MAX_RECENT_CHATS } from '@switchboard/protocol/limits';
import type { RecentChat, RecentChatsResponse } from '@switchboard/protocol/types';

import type { ListView, OperatorSnapshot } from '../../model/types.ts';
import type { Effects } from '../../platform/effects.ts';
import { isWaiting } from './list-row.ts';
import type { ListState } from './list-row.ts';
import { completeRows, knownInView, knownNewest, NO_ROWS, versionsOf } from './known-rows.ts';
import type { KnownRows } from './known-rows.ts';
import type { ListModel } from './list-model.ts';
import { isMissed } from './missed-messages.ts';
import type { Place } from './list-order.ts';
import type { RowQuery } from './row-requests.ts';

/** How many of the newest chats are fetched when messages may have been missed: more and more, as long as all of them have missed ones. */
const NEWEST = [10, 50, MAX_RECENT_CHATS];

/** The query of `GET /api/chat/recent`. */
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
  /** The row must be fetched soon. */
  want(clientId: number): void;
  /** `missed`: those of them with a message that was missed. */
  onFetched(chats: readonly RecentChat[], missed: readonly RecentChat[]): void;
  /** The database was restored from an older copy; `before`: the list as it was. */
  onSetBack(before: ListState): void;
  onChange(): void;
}

/** Fetches the list's rows: the view page by page, single rows, missed messages, and the number of those who wait. Each method rejects when a request fails. */
export class ListLoader {
  readonly #effects: Pick<Effects, 'now'>;
  readonly #model: ListModel;
  readonly #hooks: ListLoaderHooks;
  readonly #pageSize: number;
  /** Counts requests and events, to know which events came after the request of an answer. */
  #step = 0;
  #epoch: string | undefined;
  /** All rows were forgotten at this step. */
  #forgotten = 0;
  #phase: OperatorSnapshot['list'] = 'loading';
  /** Number of rows of the view that are wanted. */
  #wanted: number;
  /** Where the next page begins: undefined before the first, null after the last. */
  #cursor: string | null | undefined;
  #loadingMore = false;
  /** The list is known to be complete until then, by the server's clock, ISO-8601; empty before the first answer. */
  #completeUntil = '';

  constructor(effects: Pick<Effects, 'now'>, model: ListModel, hooks: ListLoaderHooks, pageSize: number) {
    this.#effects = effects;
    this.#model = model;
    this.#hooks = hooks;
    this.#pageSize = pageSize;
    this.#wanted = pageSize;
  }

  /** Its part of a snapshot. */
  state(): Pick<OperatorSnapshot, 'hasMore' | 'loadingMore' | 'list'> {
    return { hasMore: this.hasMore(), loadingMore: this.#loadingMore, list: this.#phase };
  }

  hasMore(): boolean {
    return typeof this.#cursor === 'string';
  }

  /** The number of an event that happens now. */
  nextStep(): number {
    this.#step += 1;
    return this.#step;
  }

  /** Another view is shown. */
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

  /** Fetches the wanted rows. `stale`: also those that are there; `missed`: also missed messages. */
  async load(stale: boolean, missed: boolean): Promise<void> {
    const isFirst = this.#completeUntil === '';
    const began = this.#effects.now();
    await this.#walk(stale);
    // A second earlier, because the clocks are compared no more exactly than that. A message that is reported twice notifies once.
    if (isFirst) this.#completeUntil = new Date(this.#hooks.serverNow() - (this.#effects.now() - began) - 1_000).toISOString();
    else if (missed) await this.#fetchMissed();
    await this.count();
  }

  async fetchRows(query: RowQuery): Promise<void> {
    const { answer, take } = await this.#ask(query);
    take();
    const listed = new Set(answer.chats.map(({ client }) => client.id));
    const asked = new Set(query.ids);
    // A server of an older build answers with other rows, which says nothing about the rows that are absent.
    const isComplete = answer.chats.every(({ client }) => asked.has(client.id));
    if (isComplete) for (const clientId of asked) if (!listed.has(clientId)) this.#model.remove(clientId);
    this.#hooks.onChange();
  }

  /** Fetches the number of those who wait, when it may have changed. */
  async count(): Promise<void> {
    if (this.#model.waiting.isCounted()) return;
    const { answer, take } = await this.#ask({ view: 'waiting', limit: 1 });
    take();
    if (answer.counts === undefined) this.#countRows();
  }

  /** Reads the view, from its beginning or from where it ended before, until it has as many rows as wanted. */
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
      const listed = new Set(answer.chats.map(({ client }) => client.id));
      for (const clientId of this.#model.cover(listed, from, to, step)) this.#hooks.want(clientId);
      take();
      [from, count] = [to, count + answer.chats.length];
    }
    this.#finish(cursor, from, loadingMore);
  }

  /** A server of an older build has no views: its one answer is the whole list. */
  async #takeAll(view: ListView): Promise<void> {
    const { answer, step, take } = await this.#ask({});
    if (this.#isOther(view, step)) return;
    const listed = new Set(answer.chats.map(({ client }) => client.id));
    for (const clientId of this.#model.cover(listed, null, null, step)) this.#hooks.want(clientId);
    take();
    this.#countRows();
    this.#finish(null, null, true);
  }

  /** Whether the answer is no longer wanted: it is of another view, or from before all rows were forgotten. */
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

  /** Conversations with missed messages are among the newest. */
  async #fetchMissed(): Promise<void> {
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

  /** Sends a request. Of its answer it uses nothing but the epoch; `take` puts the rows into the model. */
  async #ask(query: RecentQuery, known: KnownRows = NO_ROWS): Promise<{ answer: Answered; step: number; take: () => void }> {
    const step = this.nextStep();
    const moment = this.#model.waiting.moment();
    const given = await this.#hooks.recentChats(known.size === 0 ? query : { ...query, known: versionsOf(known) });
    this.#takeEpoch(given.epoch);
    // A version says nothing of another history.
    const answer = { ...given, chats: completeRows(given.chats, step < this.#forgotten ? NO_ROWS : known) };
    return { answer, step, take: () => this.#take(answer, step, moment) };
  }

  #take({ chats, counts }: Answered, step: number, moment: number): void {
    const missed =
      this.#completeUntil === '' ? [] : chats.filter((chat) => isMissed(chat, this.#model.row(chat.client.id), this.#completeUntil));
    const { waiting } = this.#model;
    const isCurrent = moment === waiting.moment();
    for (const clientId of this.#model.take(chats, step)) this.#hooks.want(clientId);
    // A count from before a change does not include it. It is fetched again.
    if (isCurrent && counts !== undefined) waiting.set(counts.waiting);
    this.#hooks.onChange();
    this.#hooks.onFetched(chats, missed);
  }

  /** A server of an older build does not count, so the rows are counted. */
  #countRows(): void {
    this.#model.waiting.set([...this.#model.rows().values()].filter(isWaiting).length);
    this.#hooks.onChange();
  }

  /** With another epoch, nothing of the list is kept: its rows are of another history. */
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
