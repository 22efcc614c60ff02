import type { RecentChat } from '@switchboard/protocol/types';

import type { ConversationScreen } from '../../conversation/screen.ts';
import { TypingReceiver } from '../../conversation/typing.ts';
import type { ConversationSummary, ListView } from '../../model/types.ts';
import type { Effects } from '../../platform/effects.ts';
import { oldest } from '../../platform/lru.ts';
import { adoptedChat, changedRow, fetchedRow, isWaiting, listUnread, summarize, withoutOlder } from './list-row.ts';
import type { ListRow, ListState, RowEvent } from './list-row.ts';
import { comparePlaces, Ordered, placeIn } from './list-order.ts';
import type { Place } from './list-order.ts';
import { WaitingCount } from './waiting-count.ts';

/** Rows that are kept without being in the view. */
const MAX_SPARE = 500;

export interface ListModelHooks {
  /** A conversation that is in memory. Its number of unread messages is more exact than the list's. */
  conversation(clientId: number): Pick<ConversationScreen, 'getSnapshot' | 'knowsAllUnread' | 'unread'> | undefined;
  /** It is open in a view. */
  isWatched(clientId: number): boolean;
  /** Number of this operator's messages there that the server has refused. */
  unsent(clientId: number): number;
  /** A conversation was not known before. Its row was requested at step `asOf`. */
  onKnown(clientId: number, asOf: number): void;
  /** The number of those who wait may differ from the server's last count. */
  onUncounted(): void;
  onChange(): void;
}

/**
 * The rows of conversations, and which of them the view shows in which order. Every change touches its own row and no other. The view is known down to
 * `boundary`; rows below it must be fetched.
 */
export class ListModel {
  readonly #effects: Effects;
  readonly #hooks: ListModelHooks;
  readonly #rows = new Map<number, ListRow>();
  readonly #summaries = new Map<number, ConversationSummary>();
  readonly #addresses = new Map<string, number>();
  readonly #typing = new Map<number, TypingReceiver>();
  readonly #order = new Ordered<ConversationSummary>();
  /** Known and not shown, least recently used first. */
  readonly #spare = new Set<number>();
  /** Watched, and in the view when that began. */
  readonly #kept = new Set<number>();
  #view: ListView = 'open';
  /** Null when the view is known to its end. */
  #boundary: Place | null = null;
  readonly waiting = new WaitingCount();

  /** Grows with every change of a summary. */
  version = 0;

  constructor(effects: Effects, hooks: ListModelHooks) {
    this.#effects = effects;
    this.#hooks = hooks;
  }

  /** The rows of the view in its order; the same array while nothing changes. */
  shown(): readonly ConversationSummary[] {
    return this.#order.items();
  }

  rows(): ListState {
    return this.#rows;
  }

  row(clientId: number): ListRow | undefined {
    return this.#rows.get(clientId);
  }

  summaryOf(clientId: number): ConversationSummary | undefined {
    return this.#summaries.get(clientId);
  }

  find(address: string): number | undefined {
    return this.#addresses.get(address);
  }

  view(): ListView {
    return this.#view;
  }

  /** Shows the known rows of another view, until the view has been fetched. */
  setView(view: ListView): void {
    this.#view = view;
    this.#boundary = null;
    this.#kept.clear();
    this.#order.clear();
    for (const [clientId, row] of this.#rows) this.#place(clientId, row);
    for (const { clientId } of this.#order.places()) if (this.#hooks.isWatched(clientId)) this.#kept.add(clientId);
    this.#hooks.onChange();
  }

  /** Takes fetched rows, without notifying; `step`: when they were requested. A row that has changed since stays as it is. Returns the ids of those rows. */
  take(chats: readonly RecentChat[], step: number): number[] {
    const later: number[] = [];
    for (const chat of chats) {
      const before = this.#rows.get(chat.client.id);
      if (before !== undefined && before.asOf > step) later.push(chat.client.id);
      else this.#put(fetchedRow(chat, before, step, this.#effects.now()));
    }
    return later;
  }

  adopt(clientId: number, username: string, address: string, at: string): void {
    if (this.#rows.has(clientId)) return;
    this.#put(fetchedRow(adoptedChat(clientId, username, address, at), undefined, 0, 0));
    this.#hooks.onChange();
  }

  /** Applies an event to a conversation. Ignored when its row is not known: the row includes it when it is fetched. */
  apply(clientId: number, event: RowEvent, step: number): void {
    const row = this.#rows.get(clientId);
    const next = row === undefined ? undefined : changedRow(row, event, step);
    if (next === undefined || next === row) return;
    this.#put(next);
    this.#hooks.onChange();
  }

  /** Its conversation or the outbox has changed. Returns whether its summary has, too. */
  refresh(clientId: number): boolean {
    const row = this.#rows.get(clientId);
    if (row === undefined) return false;
    const { version } = this;
    this.#put(row);
    if (version === this.version) return false;
    this.#hooks.onChange();
    return true;
  }

  /** The first view of a conversation has opened, or the last one has closed. */
  noteWatched(clientId: number, watched: boolean): void {
    const row = this.#rows.get(clientId);
    if (watched && this.#order.placeOf(clientId) !== undefined) this.#kept.add(clientId);
    else if (!watched && this.#kept.delete(clientId) && row !== undefined) this.#place(clientId, row);
    this.#hooks.onChange();
  }

  typing(clientId: number, isTyping: boolean): void {
    let receiver = this.#typing.get(clientId);
    if (receiver === undefined) {
      if (!isTyping) return;
      receiver = new TypingReceiver(this.#effects, () => {
        if (this.#typing.get(clientId)?.name() === null) this.#typing.delete(clientId);
        this.refresh(clientId);
      });
      this.#typing.set(clientId, receiver);
    }
    receiver.set(isTyping ? (this.#rows.get(clientId)?.chat.client.username ?? '…') : null);
  }

  /**
   * The server has listed all rows of the view below `from` and down to `to` (null: the beginning, the end); they were requested at `step`. Other rows that
   * were thought to be there are elsewhere by now, and are forgotten. Returns the ids of those that are still needed: their rows must be fetched.
   */
  cover(listed: ReadonlySet<number>, from: Place | null, to: Place | null, step: number): number[] {
    if (to === null || !this.#isKnownDownTo(to)) this.setBoundary(to);
    const doubtful: number[] = [];
    for (const [clientId, row] of this.#rows) {
      const place = listed.has(clientId) || row.asOf > step ? null : placeIn(this.#view, row);
      if (place === null || (from !== null && comparePlaces(place, from) <= 0) || (to !== null && comparePlaces(place, to) > 0)) continue;
      if (row.pending.length > 0 || this.#isNeeded(clientId)) doubtful.push(clientId);
      else this.forget(clientId);
    }
    return doubtful;
  }

  /** The view is known down to `boundary`. Rows below it are not shown. */
  setBoundary(boundary: Place | null): void {
    this.#boundary = boundary;
    for (const { clientId } of this.#order.places().filter((place) => !this.#isKnownDownTo(place))) {
      const row = this.#rows.get(clientId);
      if (row !== undefined) this.#place(clientId, row);
    }
  }

  boundary(): Place | null {
    return this.#boundary;
  }

  /** Where the rows of the view are, in its order. */
  places(): readonly Place[] {
    return this.#order.places();
  }

  /** The place of the last of these rows in the view; null when there is none. */
  lastPlace(chats: readonly RecentChat[]): Place | null {
    return chats.reduceRight<Place | null>((place, chat) => place ?? placeIn(this.#view, fetchedRow(chat, undefined, 0, 0)), null);
  }

  /** Removes everything that is known of a conversation. */
  forget(clientId: number): void {
    const row = this.#rows.get(clientId);
    if (row === undefined) return;
    this.#rows.delete(clientId);
    this.#summaries.delete(clientId);
    this.#spare.delete(clientId);
    this.#kept.delete(clientId);
    const { address } = row.chat.client;
    if (address !== null && this.#addresses.get(address) === clientId) this.#addresses.delete(address);
    this.#order.remove(clientId);
  }

  /** The server no longer shows this conversation to the operator: it was given to another team, or erased. */
  remove(clientId: number): void {
    const row = this.#rows.get(clientId);
    if (row !== undefined && isWaiting(row)) this.waiting.change(-1);
    this.forget(clientId);
  }

  forgetAll(): void {
    for (const clientId of this.#rows.keys()) this.forget(clientId);
    this.#boundary = null;
  }

  close(): void {
    for (const receiver of this.#typing.values()) receiver.set(null);
  }

  #put(given: ListRow): void {
    const { id, address } = given.chat.client;
    const row = withoutOlder(given, this.#hooks.conversation(id)?.getSnapshot().messages ?? []);
    const before = this.#rows.get(id);
    this.#rows.set(id, row);
    const old = before?.chat.client.address ?? null;
    if (old !== null && old !== address && this.#addresses.get(old) === id) this.#addresses.delete(old);
    if (address !== null) this.#addresses.set(address, id);
    this.#countWaiting(before, row);
    // The boundary may have moved below a row that has not changed.
    if (!this.#summarize(id, row)) this.#place(id, row);
    if (before === undefined) this.#hooks.onKnown(id, row.asOf);
  }

  #countWaiting(before: ListRow | undefined, after: ListRow): void {
    const change = before === undefined ? 0 : Number(isWaiting(after)) - Number(isWaiting(before));
    // Whether the server's count includes a row that was not known, only its next count shows.
    if (before !== undefined && change === 0) return;
    this.waiting.change(change);
    this.#hooks.onUncounted();
  }

  #isKnownDownTo(place: Place): boolean {
    return this.#boundary === null || comparePlaces(place, this.#boundary) <= 0;
  }

  #place(clientId: number, row: ListRow): void {
    const summary = this.#summaries.get(clientId);
    if (summary === undefined) return;
    const place = placeIn(this.#view, row);
    const shown = place !== null && this.#isKnownDownTo(place) ? place : null;
    // A watched row stays in its place, even when it no longer belongs there.
    const at = shown ?? (this.#kept.has(clientId) ? this.#order.placeOf(clientId) : undefined);
    if (at === undefined) {
      this.#order.remove(clientId);
      this.#setAside(clientId);
    } else {
      this.#order.put(at, summary);
      this.#spare.delete(clientId);
    }
  }

  /** Known and not shown: kept as long as there is room. */
  #setAside(clientId: number): void {
    this.#spare.delete(clientId);
    this.#spare.add(clientId);
    // Examines two at most: otherwise many that are needed would make every change expensive.
    for (const unused of oldest(this.#spare, this.#spare.size > MAX_SPARE ? 2 : 0)) {
      this.#spare.delete(unused);
      if (this.#isNeeded(unused)) this.#spare.add(unused);
      else this.forget(unused);
    }
  }

  #isNeeded(clientId: number): boolean {
    return this.#hooks.conversation(clientId) !== undefined || this.#hooks.unsent(clientId) > 0 || this.#hooks.isWatched(clientId);
  }

  /** Makes the row's summary. Returns whether it has changed. */
  #summarize(clientId: number, row: ListRow): boolean {
    const before = this.#summaries.get(clientId);
    const typing = row.chat.client.blockedAt === null && this.#typing.get(clientId)?.name() != null;
    const summary = summarize(row, { unread: this.#unread(clientId, row), unsent: this.#hooks.unsent(clientId), typing }, before);
    if (summary === before) return false;
    this.#summaries.set(clientId, summary);
    this.version += 1;
    this.#place(clientId, row);
    return true;
  }

  #unread(clientId: number, row: ListRow): number {
    const listed = listUnread(row);
    const conversation = this.#hooks.conversation(clientId);
    if (conversation === undefined) return listed;
    const unread = conversation.unread();
    return conversation.knowsAllUnread() ? unread : Math.max(unread, listed);
  }
}
