import { OldestFirst } from './oldest-first.ts';

export interface ConnectionLimits {
  /** Connections of this node. */
  readonly total: number;
  /** Connections of one address that have shown no token; as many again may be about to say who they are. */
  readonly perAddress: number;
  /** Connections of one operator or conversation. */
  readonly perIdentity: number;
}

/** Of a node's connections: so many at most may be about to say who they are, and so many at most may have shown no token. The rest is for those who have one. */
const PENDING_SHARE = 1 / 4;
const ANONYMOUS_SHARE = 1 / 2;

/** Why a connection is refused: too many of one person, of one address, without a token, or in all. */
export type Refusal = 'identity' | 'address' | 'anonymous' | 'node';

interface Entry {
  readonly address: string;
  /** What it is counted under; undefined while it has not said who it is. */
  key: string | undefined;
}

const addressKey = (address: string) => `address ${address}`;

/**
 * Counts connections from the moment they are there, in three groups: those that have not said who they are (the oldest of them has to go when there are
 * too many), those without a token (limited by address and in all), and those with one (limited by person). So nobody without a token takes the place
 * of somebody who has one, whether silent or not, from one address or from many.
 */
export class ConnectionCounter<C> {
  readonly #limits: ConnectionLimits;
  readonly #maxAnonymous: number;
  readonly #entries = new Map<C, Entry>();
  readonly #pending: OldestFirst<C>;
  readonly #counts = new Map<string, number>();
  #anonymous = 0;

  constructor(limits: ConnectionLimits) {
    this.#limits = limits;
    this.#maxAnonymous = Math.max(1, Math.floor(limits.total * ANONYMOUS_SHARE));
    this.#pending = new OldestFirst({
      total: Math.max(1, Math.floor(limits.total * PENDING_SHARE)),
      perAddress: Math.max(1, Math.min(limits.perAddress, limits.total)),
    });
  }

  /** Whether one more would get in. */
  get hasRoom(): boolean {
    return this.#entries.size < this.#limits.total || this.#pending.size > 0;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Connections that have not said who they are. */
  get pending(): number {
    return this.#pending.size;
  }

  /**
   * Counts a connection that has not said who it is yet.
   *
   * @returns which older ones have to go; undefined, and not counted, when the node is full of others
   */
  add(connection: C, address: string, now: number): C[] | undefined {
    if (!this.hasRoom) return undefined;
    const displaced = this.#entries.size < this.#limits.total ? undefined : this.#pending.takeOldest();
    this.#entries.set(connection, { address, key: undefined });
    return [...(displaced === undefined ? [] : [displaced]), ...this.#pending.add(connection, address, now)];
  }

  /** Where it comes from. */
  addressOf(connection: C): string | undefined {
    return this.#entries.get(connection)?.address;
  }

  /** It has said who it is: `identity` of a token, undefined without one. Returns why it can't stay, if so. Said once for each connection. */
  identify(connection: C, identity: string | undefined): Refusal | undefined {
    const entry = this.#entries.get(connection);
    if (entry === undefined || entry.key !== undefined) return 'node';
    const key = identity ?? addressKey(entry.address);
    const count = this.#counts.get(key) ?? 0;
    if (identity !== undefined && count >= this.#limits.perIdentity) return 'identity';
    if (identity === undefined && count >= this.#limits.perAddress) return 'address';
    if (identity === undefined && this.#anonymous >= this.#maxAnonymous) return 'anonymous';
    this.#pending.delete(connection);
    this.#counts.set(key, count + 1);
    entry.key = key;
    if (identity === undefined) this.#anonymous += 1;
    return undefined;
  }

  /** Those that have shown no token, with their addresses. */
  *strangers(): Generator<readonly [C, string]> {
    for (const [connection, { key, address }] of this.#entries)
      if (key === undefined || key === addressKey(address)) yield [connection, address];
  }

  /** It is over. */
  remove(connection: C): void {
    const entry = this.#entries.get(connection);
    this.#entries.delete(connection);
    this.#pending.delete(connection);
    if (entry?.key === undefined) return;
    const left = (this.#counts.get(entry.key) ?? 0) - 1;
    if (left > 0) this.#counts.set(entry.key, left);
    else this.#counts.delete(entry.key);
    if (entry.key === addressKey(entry.address)) this.#anonymous -= 1;
  }

  /** Takes those out of the waiting ones that have said nothing for `patience` milliseconds; the caller ends them. */
  takeSilent(patience: number, now: number): C[] {
    return this.#pending.takeOlderThan(patience, now);
  }
}
