import type { Effects } from '../platform/effects.ts';
import { lruSet } from '../platform/lru.ts';
import { retrying, wait } from '../platform/retrying.ts';

/** All consoles hear of an unknown address at once. They create its row at a random time within this spread, in milliseconds. */
const SPREAD_MS = 1_000;
/** Milliseconds between two attempts to create a row, in addition to the backoff. */
const PAUSE_MS = 500;
/** How many names of addresses without a row, and how many addresses whose row was created here, are remembered. */
const MEMORY = 1_000;

export interface AddressResolverHooks {
  lookup(address: string): number | undefined;
  /** Resolves when the list has asked the server for this address again. */
  ask(address: string): Promise<void>;
  /** Creates the row of an address that has none. */
  adopt(address: string, username: string): Promise<number>;
}

/** What to do with an address once its client is known. */
interface Pending {
  readonly acts: ((clientId: number) => void)[];
  /** There is a message that perhaps nobody else saves: the row is created if there is none. */
  adopt: boolean;
}

/** Finds the client at an address. Calls wait until it is known. */
export class AddressResolver {
  readonly #effects: Effects;
  readonly #hooks: AddressResolverHooks;
  readonly #pending = new Map<string, Pending>();
  readonly #names = new Map<string, string>();
  /** The list may forget these rows. */
  readonly #adopted = new Map<string, number>();
  #closed = false;

  constructor(effects: Effects, hooks: AddressResolverHooks) {
    this.#effects = effects;
    this.#hooks = hooks;
  }

  find(address: string): number | undefined {
    return this.#hooks.lookup(address) ?? this.#adopted.get(address);
  }

  /** Calls `act` with the client's id: at once when it is known, otherwise once it has been found or its row was created. Keeps the order per address. */
  whenKnown(address: string, act: (clientId: number) => void): void {
    this.#enqueue(address, act, true);
  }

  /** The same, but creates no row: `act` is not called when there is none. */
  whenFound(address: string, act: (clientId: number) => void): void {
    this.#enqueue(address, act, false);
  }

  /** The visitor's name, for their row. */
  noteName(address: string, username: string | null | undefined): void {
    if (username != null && username.trim() !== '') lruSet(this.#names, address, username, MEMORY);
  }

  /** The database was restored from an older copy, so the rows that were created here may be gone. */
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
    // Without an end, whatever the error: there is a message that perhaps nobody else saves.
    return await retrying(this.#effects, () => this.#findOrAdopt(address), {
      pauseMs: PAUSE_MS,
      mayRetry: () => true,
      onFailure: (error) => this.#effects.note('address not adopted', error),
    });
  }

  /** Searches before each attempt, because another console may have been faster. */
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
