import { backoffMs } from './backoff.ts';
import type { Effects } from './effects.ts';
import { wait } from './retry.ts';

/** Milliseconds in which several unknown addresses share one look at the list. */
const DEBOUNCE_MS = 50;
/** All consoles hear of a stranger at once: spread, in milliseconds, over which they ask for its row. */
const SPREAD_MS = 1_000;

export interface AddressBookHooks {
  lookup(address: string): number | undefined;
  /** Resolves when the list has been fetched anew. */
  refetch(): Promise<void>;
  /** Gives an address that has no row one. */
  adopt(address: string, username: string): Promise<number>;
}

/** Finds the client behind an address, and holds what is to be done with it until then. */
export class AddressBook {
  readonly #effects: Effects;
  readonly #hooks: AddressBookHooks;
  readonly #pending = new Map<string, ((clientId: number) => void)[]>();
  readonly #names = new Map<string, string>();
  /** Adopted here; the list may be too short to show them. */
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
    const pending = this.#pending.get(address);
    if (pending !== undefined) {
      pending.push(act);
      return;
    }
    const clientId = this.find(address);
    if (clientId !== undefined) {
      act(clientId);
      return;
    }
    this.#pending.set(address, [act]);
    void this.#resolve(address);
  }

  /** What a visitor calls itself, for its row. */
  noteName(address: string, username: string | null | undefined): void {
    if (username != null && username.trim() !== '') this.#names.set(address, username);
  }

  /** What was adopted may be gone: the database was set back to an older copy. */
  forget(): void {
    this.#adopted.clear();
  }

  close(): void {
    this.#closed = true;
    this.#pending.clear();
  }

  async #resolve(address: string): Promise<void> {
    await wait(this.#effects, DEBOUNCE_MS);
    await this.#hooks.refetch();
    const clientId = this.find(address) ?? (await this.#adopt(address));
    if (clientId === undefined) return;
    const acts = this.#pending.get(address) ?? [];
    this.#pending.delete(address);
    for (const act of acts) act(clientId);
  }

  async #adopt(address: string): Promise<number | undefined> {
    await wait(this.#effects, this.#effects.random() * SPREAD_MS);
    for (let attempt = 0; !this.#closed; attempt += 1) {
      try {
        const clientId = await this.#hooks.adopt(address, this.#names.get(address) ?? 'Visitor');
        this.#adopted.set(address, clientId);
        return clientId;
      } catch (error) {
        // For ever, whatever it was: behind this address there is a message that nobody else may save.
        this.#effects.note('address not adopted', error);
        await wait(this.#effects, 500 + backoffMs(attempt, this.#effects.random()));
      }
    }
    return undefined;
  }
}
