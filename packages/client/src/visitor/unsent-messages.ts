import { textOf } from '@switchboard/protocol/body';
import { ChatError } from '@switchboard/protocol/errors';

import { conversationMessageId } from '../model/message-id.ts';
import type { UnsentMessage } from '../model/types.ts';
import { type NewEntry, withoutPlace } from '../outbox/entry.ts';
import { Outbox } from '../outbox/outbox.ts';
import type { Effects } from '../platform/effects.ts';

const NONE: readonly UnsentMessage[] = [];

const refuse = () => Promise.reject(new ChatError('unauthenticated', 'There is no conversation.'));

/** Messages that were not sent before the last conversation ended, while there is no conversation: shown until the person discards them or starts a new one. */
export class UnsentMessages {
  readonly #effects: Effects;
  readonly #onChange: () => void;
  #outbox: Outbox | undefined;
  #list = NONE;
  /** Unsent messages of the last conversation, which may be missing on disk. */
  #remaining: readonly NewEntry[] = [];

  constructor(effects: Effects, onChange: () => void) {
    this.#effects = effects;
    this.#onChange = onChange;
  }

  /** The same array while nothing changes. */
  list(): readonly UnsentMessage[] {
    return this.#list;
  }

  /** Keeps the unsent messages of a conversation that has ended, in case the disk has refused them. */
  keep(remaining: readonly NewEntry[]): void {
    this.#remaining = remaining;
  }

  /** Starts showing them. */
  open(): void {
    if (this.#outbox !== undefined) return;
    const outbox = new Outbox(this.#effects, {
      owner: 'visitor',
      asOperator: false,
      save: refuse,
      upload: refuse,
      onUploaded: () => undefined,
    });
    this.#outbox = outbox;
    outbox.onChange(() => this.#refresh());
    void this.#load(outbox);
  }

  async discard(key: string): Promise<void> {
    for (const entry of this.#outbox?.entries() ?? []) if (entry.key === key) await this.#outbox?.discard(entry);
  }

  /** Returns them for a new conversation, and closes. */
  take(): readonly NewEntry[] {
    const entries = [...this.#remaining, ...(this.#outbox?.entries() ?? []).map(withoutPlace)];
    this.#remaining = [];
    this.close();
    return entries;
  }

  close(): void {
    this.#outbox?.close();
    this.#outbox = undefined;
    this.#list = NONE;
  }

  async #load(outbox: Outbox): Promise<void> {
    await outbox.load();
    const kept = new Set(outbox.entries().map(conversationMessageId));
    for (const entry of this.#remaining) {
      if (!kept.has(conversationMessageId(entry)) && this.#outbox === outbox) await outbox.add(entry);
    }
    // Without unsent messages there is nothing to listen to: an idle widget should cost its page as little as possible.
    if (this.#outbox === outbox && outbox.entries().length === 0) this.close();
  }

  #refresh(): void {
    const entries = this.#outbox?.entries() ?? [];
    this.#list = entries.length === 0 ? NONE : entries.map(({ key, body }) => ({ key, type: body.type, text: textOf(body) }));
    this.#onChange();
  }
}
