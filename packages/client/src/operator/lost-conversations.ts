import type { ConversationSync } from '../conversation/sync.ts';
import { withoutPlace } from '../outbox/entry.ts';
import type { Outbox } from '../outbox/outbox.ts';
import type { AddressBook } from './address-book.ts';
import type { ListState } from './list/conversation-list.ts';

/**
 * Conversations that a restored database does not know any more, though this console holds what was said in them. Their visitor's address gets a row anew,
 * as an unknown address does, and what is held goes there: a client id of before is nobody's, and never sent to.
 */
export class LostConversations {
  readonly #book: AddressBook;
  readonly #outbox: Outbox;
  readonly #addresses = new Map<number, string>();

  constructor(book: AddressBook, outbox: Outbox) {
    this.#book = book;
    this.#outbox = outbox;
  }

  /** The database was set back; this is the list as it was. */
  noteBefore(list: ListState): void {
    this.#addresses.clear();
    for (const [clientId, { chat }] of list) {
      const { address, username } = chat.client;
      if (address === null) continue;
      this.#addresses.set(clientId, address);
      this.#book.noteName(address, username);
    }
  }

  /** The server does not know this conversation. Once for each that it knew before. */
  recover(clientId: number, sync: ConversationSync): void {
    const address = this.#addresses.get(clientId);
    if (address === undefined) return;
    this.#addresses.delete(clientId);
    this.#book.whenKnown(address, (found) => {
      if (found !== clientId) void this.#move(clientId, found, sync);
    });
  }

  async #move(from: number, clientId: number, sync: ConversationSync): Promise<void> {
    const waiting = this.#outbox.entries().filter((entry) => entry.clientId === from);
    // Refused or not: that there is no such conversation may have been the reason.
    const moved = waiting.map((entry) => Object.assign(withoutPlace(entry), { clientId, failure: null }));
    const said = sync.lostEntries().map((entry) => Object.assign({}, entry, { clientId }));
    sync.forget();
    await this.#outbox.resend([...said, ...moved]);
    for (const entry of waiting) await this.#outbox.discard(entry);
  }
}
