import type { ConversationSync } from '../conversation/sync.ts';
import { withoutPlace } from '../outbox/entry.ts';
import type { Outbox } from '../outbox/outbox.ts';
import type { AddressResolver } from './address-resolver.ts';
import type { ListState } from './list/list-row.ts';

/**
 * Conversations that are missing from a restored database, though this console has messages of them. Their visitor's address gets a new row, as an unknown address
 * does, and the messages move there. The former client id belongs to nobody, so nothing is sent to it.
 */
export class LostConversations {
  readonly #resolver: AddressResolver;
  readonly #outbox: Outbox;
  readonly #addresses = new Map<number, string>();

  constructor(resolver: AddressResolver, outbox: Outbox) {
    this.#resolver = resolver;
    this.#outbox = outbox;
  }

  /** The database was restored; `list` is the list as it was before. */
  noteBefore(list: ListState): void {
    this.#addresses.clear();
    for (const [clientId, { chat }] of list) {
      const { address, username } = chat.client;
      if (address === null) continue;
      this.#addresses.set(clientId, address);
      this.#resolver.noteName(address, username);
    }
  }

  /** The server does not know this conversation. Does nothing for one that was recovered before, or that the list did not have. */
  recover(clientId: number, sync: ConversationSync): void {
    const address = this.#addresses.get(clientId);
    if (address === undefined) return;
    this.#addresses.delete(clientId);
    this.#resolver.whenKnown(address, (found) => {
      if (found !== clientId) void this.#move(clientId, found, sync);
    });
  }

  async #move(from: number, clientId: number, sync: ConversationSync): Promise<void> {
    const waiting = this.#outbox.entries().filter((entry) => entry.clientId === from);
    // Also refused ones: the missing conversation may have been the reason.
    const moved = waiting.map((entry) => Object.assign(withoutPlace(entry), { clientId, failure: null }));
    const lost = sync.lostEntries().map((entry) => Object.assign({}, entry, { clientId }));
    sync.forget();
    await this.#outbox.resend([...lost, ...moved]);
    for (const entry of waiting) await this.#outbox.discard(entry);
  }
}
