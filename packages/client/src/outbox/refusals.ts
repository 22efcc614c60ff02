import type { ChatError } from '@switchboard/protocol/errors';

import { isBlocked } from '../model/errors.ts';
import { problemOf } from '../model/problem.ts';
import type { OutboxEntry } from './entry.ts';

/** How many keys of one message may turn out to be another message's before it counts as refused. */
const MAX_KEY_CHANGES = 3;

/** What becomes of entries that the server has refused for good. */
export class Refusals {
  readonly #uuid: () => string;
  readonly #asOperator: boolean;
  /** How often an entry, by its place, has got another key. */
  readonly #keyChanges = new Map<number, number>();

  constructor(uuid: () => string, asOperator: boolean) {
    this.#uuid = uuid;
    this.#asOperator = asOperator;
  }

  /** The entry as it is kept from now on: with another key, or with the reason. Null when it is for nobody to keep. */
  answer(entry: OutboxEntry, reason: ChatError): OutboxEntry | null {
    const onBehalf = this.#asOperator && entry.senderType === 'CLIENT';
    // On behalf of a visitor that is blocked: it is for nobody here to try again, and its sender is told the same.
    if (onBehalf && isBlocked(reason)) return null;
    // Another message has this key. It was made here, so another one is as good; a visitor's own key is not for us to change.
    if (reason.code === 'conflict' && !onBehalf && this.#mayChangeKey(entry)) return { ...entry, key: this.#uuid() };
    return { ...entry, failure: problemOf(reason).key };
  }

  /** Should the server take no key at all, the person is told. */
  #mayChangeKey({ order }: OutboxEntry): boolean {
    const changes = this.#keyChanges.get(order) ?? 0;
    this.#keyChanges.set(order, changes + 1);
    return changes < MAX_KEY_CHANGES;
  }
}
