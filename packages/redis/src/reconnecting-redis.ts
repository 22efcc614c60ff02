import { Redis } from 'ioredis';

/** When a command gets no answer within this time, Redis counts as hung and the connection is closed. Milliseconds. */
const COMMAND_TIMEOUT_MS = 2_000;
/** Interval of the heartbeat. Milliseconds. */
const HEARTBEAT_MS = 1_000;
/** Backoff between two attempts to connect, with jitter, so that the nodes of a large installation do not reconnect at the same moment. Milliseconds. */
const RETRY_BASE_MS = 100;
const RETRY_MAX_MS = 2_000;

const CLOSED = 'connection closed';

/** Whether Redis answered with an error (rather than not answering). */
export function isRefusal(error: unknown): boolean {
  return error instanceof Error && error.name === 'ReplyError';
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message || error.name : String(error);
}

export interface ReconnectingRedisOptions {
  readonly url: string;
  /** The connection's name in Redis's client list. */
  readonly name: string;
  /** Called on every new connection before it counts as up. */
  readonly prepare?: (redis: Redis) => Promise<unknown>;
  readonly onUp: () => void;
  /** Called when the connection is lost or can't be established: once per reason, with Redis's own message when Redis refused it. */
  readonly onDown: (reason: string) => void;
}

/**
 * A connection to Redis that reconnects until it is closed. Callers never wait for it: while it is down, `redis` is undefined. A Redis that accepts
 * connections but does not answer counts as down within a few seconds. Every attempt uses a new client, so the state of a broken one does not matter.
 */
export class ReconnectingRedis {
  readonly #options: ReconnectingRedisOptions;
  #redis: Redis | undefined;
  #up = false;
  #closed = false;
  #attempt = 0;
  /** The reason that was last reported. */
  #reportedReason: string | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: ReconnectingRedisOptions) {
    this.#options = options;
    void this.#connect();
  }

  /** The connection, while it is up. */
  get redis(): Redis | undefined {
    return this.#up ? this.#redis : undefined;
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#redis?.disconnect();
  }

  async #connect(): Promise<void> {
    const { url, name, prepare, onUp } = this.#options;
    const redis = new Redis(url, {
      connectionName: name,
      lazyConnect: true,
      retryStrategy: () => null,
      // A command that can't be sent now is useless later: clients fetch missed data from the database.
      enableOfflineQueue: false,
      autoResendUnfulfilledCommands: false,
      autoResubscribe: false,
      enableReadyCheck: false,
      commandTimeout: COMMAND_TIMEOUT_MS,
      connectTimeout: COMMAND_TIMEOUT_MS,
    });
    this.#redis = redis;
    let reason = CLOSED;
    redis.on('error', (error: Error) => (reason = reasonOf(error)));
    redis.on('close', () => this.#lose(redis, reason));
    try {
      await redis.connect();
      await prepare?.(redis);
      // A connection counts as up only once Redis answers on it.
      await redis.ping();
    } catch (error) {
      // Redis closes the connection after it refuses a password or a channel. Report the refusal, not the close.
      this.#lose(redis, isRefusal(error) || reason === CLOSED ? reasonOf(error) : reason);
      return;
    }
    if (this.#redis !== redis || this.#closed) return;
    this.#up = true;
    this.#reportedReason = undefined;
    this.#attempt = 0;
    onUp();
    this.#timer = setTimeout(() => void this.#sendHeartbeat(redis), HEARTBEAT_MS);
  }

  async #sendHeartbeat(redis: Redis): Promise<void> {
    try {
      await redis.ping();
    } catch (error) {
      this.#lose(redis, reasonOf(error));
    }
    if (this.#redis === redis && this.#up && !this.#closed) this.#timer = setTimeout(() => void this.#sendHeartbeat(redis), HEARTBEAT_MS);
  }

  /** Drops a connection and schedules the next attempt. */
  #lose(redis: Redis, reason: string): void {
    if (this.#redis !== redis) return;
    this.#redis = undefined;
    clearTimeout(this.#timer);
    redis.disconnect();
    this.#up = false;
    if (this.#closed) return;
    if (this.#reportedReason !== reason) this.#options.onDown(reason);
    this.#reportedReason = reason;
    const wait = (0.5 + 0.5 * Math.random()) * Math.min(RETRY_MAX_MS, RETRY_BASE_MS * 2 ** Math.min(this.#attempt, 10));
    this.#attempt += 1;
    this.#timer = setTimeout(() => void this.#connect(), wait);
  }
}
