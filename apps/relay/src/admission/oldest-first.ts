/** How many connections may wait at the same time. */
export interface WaitingLimits {
  readonly total: number;
  readonly perIp: number;
}

/**
 * Connections that still have to do something, such as their handshake. When there are too many, the oldest ones are displaced: an honest client needs only
 * some round trips, so the newest connections have the best claim to the room, and nobody can occupy it by waiting.
 */
export class OldestFirst<C> {
  readonly #limits: WaitingLimits;
  /** Oldest first: maps and sets keep the order of insertion. */
  readonly #waiting = new Map<C, { readonly ip: string; readonly since: number }>();
  readonly #byIp = new Map<string, Set<C>>();

  constructor(limits: WaitingLimits) {
    this.#limits = limits;
  }

  /**
   * Adds a connection.
   *
   * @param now milliseconds of any clock that does not go backwards
   * @returns connections that were displaced; the caller ends them
   */
  add(connection: C, ip: string, now: number): C[] {
    this.#waiting.set(connection, { ip, since: now });
    const neighbors = this.#byIp.get(ip) ?? new Set();
    this.#byIp.set(ip, neighbors.add(connection));
    const displaced: C[] = [];
    if (neighbors.size > this.#limits.perIp) displaced.push(...this.#takeFirst(neighbors));
    if (this.#waiting.size > this.#limits.total) displaced.push(...this.#takeFirst(this.#waiting.keys()));
    return displaced;
  }

  /** Forgets and returns the connection that has waited longest. */
  takeOldest(): C | undefined {
    return this.#takeFirst(this.#waiting.keys())[0];
  }

  /** Forgets and returns the connections that have waited for `timeoutMs` milliseconds. */
  takeOlderThan(timeoutMs: number, now: number): C[] {
    const old: C[] = [];
    for (const [connection, { since }] of this.#waiting) {
      if (now - since < timeoutMs) break;
      old.push(connection);
    }
    for (const connection of old) this.delete(connection);
    return old;
  }

  /** Forgets a connection; false when it was not waiting. */
  delete(connection: C): boolean {
    const entry = this.#waiting.get(connection);
    if (entry === undefined) return false;
    this.#waiting.delete(connection);
    const neighbors = this.#byIp.get(entry.ip);
    neighbors?.delete(connection);
    if (neighbors?.size === 0) this.#byIp.delete(entry.ip);
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
