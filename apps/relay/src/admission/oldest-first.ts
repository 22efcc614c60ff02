/** How many may wait at once. */
export interface WaitingLimits {
  readonly total: number;
  readonly perAddress: number;
}

/**
 * Connections that have yet to do something, such as to say who they are. When there are too many, the oldest ones have to go: an honest peer needs
 * some round trips for what is awaited, so it is the newest that deserve the room, and nobody can take it by waiting.
 */
export class OldestFirst<C> {
  readonly #limits: WaitingLimits;
  /** In the order of their arrival, as maps and sets are. */
  readonly #waiting = new Map<C, { readonly address: string; readonly since: number }>();
  readonly #byAddress = new Map<string, Set<C>>();

  constructor(limits: WaitingLimits) {
    this.#limits = limits;
  }

  /**
   * Adds a connection.
   *
   * @param now milliseconds of any clock that does not go backwards
   * @returns those that are too many now, taken out; the caller ends them
   */
  add(connection: C, address: string, now: number): C[] {
    this.#waiting.set(connection, { address, since: now });
    const neighbors = this.#byAddress.get(address) ?? new Set();
    this.#byAddress.set(address, neighbors.add(connection));
    const tooMany: C[] = [];
    if (neighbors.size > this.#limits.perAddress) tooMany.push(...this.#takeFirst(neighbors));
    if (this.#waiting.size > this.#limits.total) tooMany.push(...this.#takeFirst(this.#waiting.keys()));
    return tooMany;
  }

  /** Takes out the one that has waited longest. */
  takeOldest(): C | undefined {
    return this.#takeFirst(this.#waiting.keys())[0];
  }

  /** Takes out those that have waited for `patience` milliseconds. */
  takeOlderThan(patience: number, now: number): C[] {
    const old: C[] = [];
    for (const [connection, { since }] of this.#waiting) {
      if (now - since < patience) break;
      old.push(connection);
    }
    for (const connection of old) this.delete(connection);
    return old;
  }

  /** False when it was not waiting. */
  delete(connection: C): boolean {
    const entry = this.#waiting.get(connection);
    if (entry === undefined) return false;
    this.#waiting.delete(connection);
    const neighbors = this.#byAddress.get(entry.address);
    neighbors?.delete(connection);
    if (neighbors?.size === 0) this.#byAddress.delete(entry.address);
    return true;
  }

  get size(): number {
    return this.#waiting.size;
  }

  #takeFirst(connections: Iterable<C>): C[] {
    for (const connection of connections) {
      this.delete(connection);
      return [connection];
    }
    return [];
  }
}
