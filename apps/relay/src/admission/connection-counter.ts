import { OldestFirst } from './oldest-first.ts';

export interface ConnectionLimits {
  /** Connections of this node. */
  readonly total: number;
  /** Connections without a token from one IP address; as many again may be in their handshake. */
  readonly perIp: number;
  /** Connections of one operator or conversation. */
  readonly perIdentity: number;
}

/** Shares of a node's connections: at most this much for connections in their handshake, and at most this much for those without a token. The rest is for those with one. */
const PENDING_SHARE = 1 / 4;
const ANONYMOUS_SHARE = 1 / 2;

/** Why a connection is refused: too many of one person, from one IP address, without a token, or in total. */
export type Refusal = 'identity' | 'address' | 'anonymous' | 'node';

interface Entry {
  readonly ip: string;
  /** The key under which it is counted; undefined during its handshake. */
  key: string | undefined;
}

const ipKey = (ip: string) => `ip ${ip}`;

/**
 * Counts connections from their first moment, in three groups: those in their handshake (when there are too many, the oldest is displaced), those without a
 * token (limited by IP address and in total), and those with one (limited by person). So connections without a token never take the place of one that has a
 * token, whether they are silent or not, from one IP address or from many.
 */
export class ConnectionCounter<C> {
  readonly #limits: ConnectionLimits;
  readonly #maxAnonymous: number;
  readonly #entries = new Map<C, Entry>();
  readonly #pending: OldestFirst<C>;
  readonly #counts = new Map<string, number>();
  #anonymousCount = 0;

  constructor(limits: ConnectionLimits) {
    this.#limits = limits;
    this.#maxAnonymous = Math.max(1, Math.floor(limits.total * ANONYMOUS_SHARE));
    this.#pending = new OldestFirst({
      total: Math.max(1, Math.floor(limits.total * PENDING_SHARE)),
      perIp: Math.max(1, Math.min(limits.perIp, limits.total)),
    });
  }

  /** Whether one more connection would be admitted. */
  get hasRoom(): boolean {
    return this.#entries.size < this.#limits.total || this.#pending.size > 0;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Connections in their handshake. */
  get pending(): number {
    return this.#pending.size;
  }

  /**
   * Counts a connection whose handshake begins.
   *
   * @returns older connections that the caller has to end; undefined, and not counted, when the node is full of identified connections
   */
  tryAdd(connection: C, ip: string, now: number): C[] | undefined {
    if (!this.hasRoom) return undefined;
    const displaced = this.#entries.size < this.#limits.total ? undefined : this.#pending.takeOldest();
    this.#entries.set(connection, { ip, key: undefined });
    return [...(displaced === undefined ? [] : [displaced]), ...this.#pending.add(connection, ip, now)];
  }

  /** The IP address of a counted connection. */
  ipOf(connection: C): string | undefined {
    return this.#entries.get(connection)?.ip;
  }

  /**
   * Counts a connection by the `identity` of its token, without a token by its IP address. To be called once for each connection.
   *
   * @returns why the connection has to be refused; undefined when it may stay
   */
  identify(connection: C, identity: string | undefined): Refusal | undefined {
    const entry = this.#entries.get(connection);
    if (entry === undefined || entry.key !== undefined) return 'node';
    const key = identity ?? ipKey(entry.ip);
    const count = this.#counts.get(key) ?? 0;
    if (identity !== undefined && count >= this.#limits.perIdentity) return 'identity';
    if (identity === undefined && count >= this.#limits.perIp) return 'address';
    if (identity === undefined && this.#anonymousCount >= this.#maxAnonymous) return 'anonymous';
    this.#pending.delete(connection);
    this.#counts.set(key, count + 1);
    entry.key = key;
    if (identity === undefined) this.#anonymousCount += 1;
    return undefined;
  }

  /** Connections without a token, with their IP addresses. */
  *anonymous(): Generator<readonly [C, string]> {
    for (const [connection, { key, ip }] of this.#entries) if (key === undefined || key === ipKey(ip)) yield [connection, ip];
  }

  /** Forgets a connection that has ended. */
  remove(connection: C): void {
    const entry = this.#entries.get(connection);
    this.#entries.delete(connection);
    this.#pending.delete(connection);
    if (entry?.key === undefined) return;
    const left = (this.#counts.get(entry.key) ?? 0) - 1;
    if (left > 0) this.#counts.set(entry.key, left);
    else this.#counts.delete(entry.key);
    if (entry.key === ipKey(entry.ip)) this.#anonymousCount -= 1;
  }

  /** Forgets and returns the connections whose handshake has taken `timeoutMs` milliseconds; the caller ends them. */
  takeSilent(timeoutMs: number, now: number): C[] {
    return this.#pending.takeOlderThan(timeoutMs, now);
  }
}
