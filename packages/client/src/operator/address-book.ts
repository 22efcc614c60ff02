import type { Effects } from '../platform/effects.ts';
import { lruSet } from '../platform/lru.ts';
import { retrying, wait } from '../platform/retrying.ts';

/** All consoles hear of a stranger at once: spread, in milliseconds, over which they give it a row. */
const SPREAD_MS = 1_000;
/** Milliseconds between two attempts to give an address a row, besides the backoff. */
const PAUSE_MS = 500;
/** Names of addresses without a row, and addresses that were given one, that are remembered. */
const MEMORY = 1_000;

export interface AddressBookHooks {
  lookup(address: string): number | undefined;
  /** Resolves when the list has been asked for this address anew. */
  ask(address: string): Promise<void>;
  /** Gives an address that has no row one. */
  adopt(address: string, username: string): Promise<number>;
}

/** What is to be done with an address once it is known. */
interface Pending {
  readonly acts: ((clientId: number) => void)[];
  /** Something was said there, that nobody else may save: the address is given a row if it has none. */
  adopt: boolean;
}

/** Finds the client behind an address, and holds what is to be done with it until then. */
export class AddressBook {
  readonly #effects: Effects;
  readonly #hooks: AddressBookHooks;
  readonly #pending = new Map<string, Pending>();
  readonly #names = new Map<string, string>();
  /** The list lets go of rows that it has no use for. */
  readonly #adopted = new Map<string, number>();
  #closed = false;

  constructor(effects: Effects, hooks: AddressBookHooks) {
    this.#effects = effects;
    this.#hooks = hooks;
  }

  find(address: string): number | undefined {
    return this.#hooks.lookup(address) ?? this.#adopted.get(address);
  }

  /** Calls `act` with the client's id: at once when the address is known, else when it has been found or given a row. Keeps the order per address. */
  whenKnown(address: string, act: (clientId: number) => void): void {
    this.#enqueue(address, act, true);
  }

  /** The same, but an address that has no row is given none for this: then `act` is not called. */
  whenFound(address: string, act: (clientId: number) => void): void {
    this.#enqueue(address, act, false);
  }

  /** What a visitor calls itself, for its row. */
  noteName(address: string, username: string | null | undefined): void {
    if (username != null && username.trim() !== '') lruSet(this.#names, address, username, MEMORY);
  }

  /** What was adopted may be gone: the database was set back to an older copy. */
  forget(): void {
    this.#adopted.clear();
  }

  close(): void {
    this.#closed = true;
    this.#pending.clear();
  }

  #enqueue(address: string, act: (clientId: number) => void, adopt: boolean): void {
    const pending = this.#pending.get(address);
    if (pending !== undefined) {
      pending.acts.push(act);
      pending.adopt ||= adopt;
      return;
    }
    const clientId = this.find(address);
    if (clientId !== undefined) {
      act(clientId);
      return;
    }
    const first = { acts: [act], adopt };
    this.#pending.set(address, first);
    void this.#resolve(address, first);
  }

  async #resolve(address: string, pending: Pending): Promise<void> {
    const clientId = await this.#search(address, pending);
    this.#pending.delete(address);
    if (clientId !== undefined && !this.#closed) for (const act of pending.acts) act(clientId);
  }

  async #search(address: string, pending: Pending): Promise<number | undefined> {
    await this.#hooks.ask(address);
    if (this.find(address) !== undefined || !pending.adopt || this.#closed) return this.find(address);
    await wait(this.#effects, this.#effects.random() * SPREAD_MS);
    // For ever, whatever the error: behind this address there is a message that nobody else may save.
    return await retrying(this.#effects, () => this.#findOrAdopt(address), {
      pauseMs: PAUSE_MS,
      mayRetry: () => true,
      onFailure: (error) => this.#effects.note('address not adopted', error),
    });
  }

  /** Looks before each attempt: another console may have been quicker. */
  async #findOrAdopt(address: string): Promise<number | undefined> {
    if (!this.#closed) await this.#hooks.ask(address);
    const found = this.find(address);
    if (found !== undefined || this.#closed) return found;
    const clientId = await this.#hooks.adopt(address, this.#names.get(address) ?? 'Visitor');
    lruSet(this.#adopted, address, clientId, MEMORY);
    this.#names.delete(address);
    return this.find(address);
  }
}
