import type { RecentChat, RecentChatsResponse } from '@switchboard/protocol/types';

import type { Conversation } from './conversation.ts';
import { byActivity, EMPTY_LIST, listUnread, reduceList } from './conversation-list.ts';
import type { ListEvent, ListState } from './conversation-list.ts';
import type { Effects } from './effects.ts';
import { HeadCheck } from './head-check.ts';
import { Repeated } from './repeated.ts';
import { shallowEqual } from './shallow-equal.ts';
import { TypingReceiver } from './typing.ts';
import type { ConversationSummary, OperatorSnapshot } from './types.ts';

/** Milliseconds in which several reasons to fetch the list become one. */
const DEBOUNCE_MS = 500;

export interface LiveListHooks {
  recentChats(): Promise<RecentChatsResponse>;
  /** A conversation that is kept complete here: it knows better than the list. */
  conversation(clientId: number): Conversation | undefined;
  /** `before`: the list as it was; empty the first time. */
  onFetched(chats: readonly RecentChat[], before: ListState): void;
  /** The database was set back to an older copy; `before`: the list as it was. */
  onSetBack(before: ListState): void;
  onChange(): void;
}

/** The console's list: fetched now and then, kept up to date by live news in between. */
export class LiveList {
  readonly #effects: Effects;
  readonly #hooks: LiveListHooks;
  readonly #fetching: Repeated;
  readonly #headCheck: HeadCheck;
  readonly #typing = new Map<number, TypingReceiver>();
  readonly #addresses = new Map<string, number>();
  readonly #stopWake: () => void;
  #cancelSoon: (() => void) | undefined;
  #state: ListState = EMPTY_LIST;
  #epoch: string | undefined;
  #phase: OperatorSnapshot['list'] = 'loading';
  #summaries: readonly ConversationSummary[] = [];

  constructor(effects: Effects, hooks: LiveListHooks) {
    this.#effects = effects;
    this.#hooks = hooks;
    this.#fetching = new Repeated(
      effects,
      () => this.#fetch(),
      (error) => {
        effects.note('list not fetched', error);
        if (this.#phase === 'loading') this.#phase = 'failed';
        hooks.onChange();
      },
    );
    this.#headCheck = new HeadCheck(effects, () => this.#fetching.want());
    this.#headCheck.schedule(true);
    this.#stopWake = effects.page.onWake(() => this.#fetching.want(true));
    this.#fetching.want();
  }

  phase(): OperatorSnapshot['list'] {
    return this.#phase;
  }

  /** The rows as they are shown; the same array while nothing changes. */
  summaries(): readonly ConversationSummary[] {
    const known = new Map(this.#summaries.map((summary) => [summary.clientId, summary]));
    const next: ConversationSummary[] = [];
    for (const [clientId, row] of this.#state) {
      const typing = this.#typing.get(clientId)?.name() != null;
      const summary = { ...row.summary, unread: this.#unread(clientId, listUnread(row)), typing };
      const before = known.get(clientId);
      next.push(before !== undefined && sameSummary(before, summary) ? before : summary);
    }
    next.sort(byActivity);
    const same = next.length === this.#summaries.length && next.every((summary, index) => summary === this.#summaries[index]);
    if (!same) this.#summaries = next;
    return this.#summaries;
  }

  address(clientId: number): string | null {
    return this.#state.get(clientId)?.summary.address ?? null;
  }

  username(clientId: number): string | null {
    return this.#state.get(clientId)?.summary.username ?? null;
  }

  isBlocked(clientId: number): boolean {
    return this.#state.get(clientId)?.summary.blockedAt != null;
  }

  find(address: string): number | undefined {
    return this.#addresses.get(address);
  }

  /** Fetches the list; resolves once a fetch that began after this call has succeeded. */
  refetch(): Promise<void> {
    return this.#fetching.next();
  }

  /** Fetches the list before long. */
  refetchSoon(): void {
    this.#cancelSoon ??= this.#effects.after(DEBOUNCE_MS * (1 + this.#effects.random()), () => {
      this.#cancelSoon = undefined;
      this.#fetching.want();
    });
  }

  apply(event: ListEvent): void {
    const next = reduceList(this.#state, event);
    if (next === this.#state) return;
    this.#state = next;
    for (const [clientId, row] of next) if (row.summary.address !== null) this.#addresses.set(row.summary.address, clientId);
    this.#hooks.onChange();
  }

  typing(clientId: number, isTyping: boolean): void {
    const receiver = this.#typing.get(clientId) ?? new TypingReceiver(this.#effects, () => this.#hooks.onChange());
    this.#typing.set(clientId, receiver);
    receiver.set(isTyping ? (this.username(clientId) ?? '…') : null);
  }

  close(): void {
    this.#stopWake();
    this.#cancelSoon?.();
    this.#headCheck.close();
    this.#fetching.close();
    for (const receiver of this.#typing.values()) receiver.set(null);
  }

  async #fetch(): Promise<void> {
    const { chats, epoch } = await this.#hooks.recentChats();
    if (epoch !== undefined) this.#takeEpoch(epoch);
    const before = this.#state;
    this.#phase = 'ready';
    this.apply({ type: 'fetched', chats });
    this.#hooks.onFetched(chats, before);
    this.#hooks.onChange();
  }

  /** Nothing of another database's list is kept: what was read, unread or known by an address there says nothing here. */
  #takeEpoch(epoch: string): void {
    const before = this.#epoch;
    this.#epoch = epoch;
    if (before === undefined || before === epoch) return;
    const list = this.#state;
    this.#state = EMPTY_LIST;
    this.#addresses.clear();
    this.#hooks.onSetBack(list);
  }

  #unread(clientId: number, listed: number): number {
    const conversation = this.#hooks.conversation(clientId);
    if (conversation === undefined) return listed;
    if (conversation.isVisible()) return 0;
    const { history, hasOlder, messages } = conversation.getSnapshot();
    const unread = conversation.unread();
    // With older pages still unread the list's number is the better one.
    const complete = history === 'ready' && (!hasOlder || unread < messages.filter((message) => message.senderType === 'CLIENT').length);
    return complete ? unread : Math.max(unread, listed);
  }
}

function sameSummary(a: ConversationSummary, b: ConversationSummary): boolean {
  return shallowEqual({ ...a, preview: null }, { ...b, preview: null }) && shallowEqual(a.preview ?? {}, b.preview ?? {});
}
