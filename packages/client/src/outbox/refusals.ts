import type { ChatError } from '@switchboard/protocol/errors';

import { isBlocked } from '../model/errors.ts';
import { problemOf } from '../model/problem.ts';
import type { OutboxEntry } from './entry.ts';

/** How often a message gets a new key because another message has its key, before it counts as refused. */
const MAX_KEY_CHANGES = 3;

/** Decides what happens to entries that the server has refused for good. */
export class Refusals {
  readonly #uuid: () => string;
  readonly #asOperator: boolean;
  /** Number of new keys by an entry's position. */
  readonly #keyChanges = new Map<number, number>();

  constructor(uuid: () => string, asOperator: boolean) {
    this.#uuid = uuid;
    this.#asOperator = asOperator;
  }

  /** The entry to store instead: with a new key, or with the reason for the refusal. Null when the entry is to be discarded. */
  answer(entry: OutboxEntry, reason: ChatError): OutboxEntry | null {
    const onBehalf = this.#asOperator && entry.senderType === 'CLIENT';
    // A blocked visitor's message: no operator can retry it, and the visitor's own request is refused as well.
    if (onBehalf && isBlocked(reason)) return null;
    // Another message has this key. A key that was created here can be replaced; a visitor's own key must not be changed.
    if (reason.code === 'conflict' && !onBehalf && this.#mayChangeKey(entry)) return { ...entry, key: this.#uuid() };
    return { ...entry, failure: problemOf(reason).key };
  }

  /** Whether to try another key; if the server accepts none, the person sees the refusal. */
  #mayChangeKey({ order }: OutboxEntry): boolean {
    const changes = this.#keyChanges.get(order) ?? 0;
    this.#keyChanges.set(order, changes + 1);
    return changes < MAX_KEY_CHANGES;
  }
}
