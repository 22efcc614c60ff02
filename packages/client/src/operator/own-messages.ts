import type { OutboxEntry } from '../outbox/entry.ts';
import type { Outbox } from '../outbox/outbox.ts';
import type { SavedEntry } from '../outbox/sender.ts';
import { contentOf, savedRow } from '../timeline/state.ts';
import type { RowEvent } from './list/list-row.ts';
import type { LiveList } from './list/live-list.ts';

export interface OwnMessagesHooks {
  readonly operator: { readonly id: number; readonly name: string };
  list(): LiveList;
  /** Now, by this machine's clock and by the server's. */
  now(): { readonly receivedAt: number; readonly arrivedAt: string };
}

/** Shows this operator's messages in the outbox in the list: on top of its rows until they are saved, and no longer once they are dropped. */
export class OwnMessages {
  readonly #outbox: Outbox;
  readonly #hooks: OwnMessagesHooks;
  #entries: readonly OutboxEntry[] = [];
  #byClient = new Map<number, OutboxEntry[]>();

  constructor(outbox: Outbox, hooks: OwnMessagesHooks) {
    this.#outbox = outbox;
    this.#hooks = hooks;
    outbox.onSaved((saved) => this.#takeSaved(saved));
    outbox.onDropped((message) => this.#apply(message.clientId, { type: 'dropped', message }));
    outbox.onChange(() => this.#refresh());
  }

  /** Number of messages in this conversation that the server has refused. */
  unsent(clientId: number): number {
    return this.#byClient.has(clientId) ? this.#outbox.unsent(clientId) : 0;
  }

  /** Shows everything that waits in this conversation in the list. */
  show(clientId: number): void {
    const { arrivedAt } = this.#hooks.now();
    for (const entry of this.#byClient.get(clientId) ?? []) {
      if (entry.failure === null) this.#apply(clientId, { type: 'queued', content: this.#content(entry), arrivedAt });
    }
  }

  #refresh(): void {
    const entries = this.#outbox.entries();
    if (entries === this.#entries) return;
    this.#entries = entries;
    const before = this.#byClient;
    this.#byClient = byClient(entries.filter(({ senderType }) => senderType === 'OPERATOR'));
    for (const clientId of new Set([...before.keys(), ...this.#byClient.keys()])) {
      const waiting = new Set((this.#byClient.get(clientId) ?? []).filter(({ failure }) => failure === null).map(({ key }) => key));
      for (const message of before.get(clientId) ?? []) if (!waiting.has(message.key)) this.#apply(clientId, { type: 'unqueued', message });
      this.show(clientId);
      const list = this.#hooks.list();
      list.refresh(clientId);
      if (list.summaryOf(clientId) === undefined) list.want(clientId);
    }
  }

  #takeSaved(saved: readonly SavedEntry[]): void {
    for (const { entry, saved: answer } of saved) {
      const content = savedRow(this.#content(entry), answer);
      if (entry.senderType === 'OPERATOR') this.#apply(entry.clientId, { type: 'saved', content, seq: answer.seq, ...this.#hooks.now() });
      this.#hooks.list().want(entry.clientId);
    }
  }

  #content(entry: OutboxEntry) {
    return contentOf(entry, this.#hooks.operator, null);
  }

  #apply(clientId: number, event: RowEvent): void {
    this.#hooks.list().apply(clientId, event);
  }
}

function byClient(entries: readonly OutboxEntry[]): Map<number, OutboxEntry[]> {
  const groups = new Map<number, OutboxEntry[]>();
  for (const entry of entries) {
    const group = groups.get(entry.clientId);
    if (group === undefined) groups.set(entry.clientId, [entry]);
    else group.push(entry);
  }
  return groups;
}
