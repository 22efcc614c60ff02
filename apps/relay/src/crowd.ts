/** What tells that a connection is over. */
interface Connection {
  once(event: 'close', listener: () => void): unknown;
}

/** Counts connections by whom they are. */
export class Crowd {
  readonly #counts = new Map<string, number>();
  readonly #counted = new WeakMap<Connection, string>();

  /** Counts a connection until it closes; false, and not counted, when there are `maximum` under this key already. */
  admit(connection: Connection, key: string, maximum: number): boolean {
    // A second handshake on the same connection does not make two of it.
    if (this.#counted.get(connection) === key) return true;
    const count = this.#counts.get(key) ?? 0;
    if (count >= maximum) return false;
    this.#counts.set(key, count + 1);
    this.#counted.set(connection, key);
    connection.once('close', () => this.#release(key));
    return true;
  }

  get size(): number {
    return this.#counts.size;
  }

  #release(key: string): void {
    const count = (this.#counts.get(key) ?? 0) - 1;
    if (count > 0) this.#counts.set(key, count);
    else this.#counts.delete(key);
  }
}
