import { Redis } from 'ioredis';

/** A command without an answer for this long means that Redis hangs: the connection is given up. Milliseconds. */
const COMMAND_TIMEOUT_MS = 2_000;
/** Redis is asked this often whether it is there. Milliseconds. */
const BEAT_MS = 1_000;
/** Between two attempts to connect; with jitter, so that the nodes of a large installation do not come back as one. Milliseconds. */
const RETRY_BASE_MS = 100;
const RETRY_MAX_MS = 2_000;

const CLOSED = 'connection closed';

/** Whether Redis has answered, and said no. */
export function isRefusal(error: unknown): boolean {
  return error instanceof Error && error.name === 'ReplyError';
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message || error.name : String(error);
}

export interface ReconnectingRedisOptions {
  readonly url: string;
  /** As Redis lists it. */
  readonly name: string;
  /** Done on every new connection before it counts as up. */
  readonly prepare?: (redis: Redis) => Promise<unknown>;
  readonly onUp: () => void;
  /** It was up and is not any more, or could not be had: once for each reason, in Redis's own words where it refused. */
  readonly onDown: (reason: string) => void;
}

/**
 * One connection to Redis that is up, or on its way to be, for ever. Nothing waits for it: while it is down there is none to ask. A Redis that takes
 * connections and answers nothing counts as down within some seconds. Each attempt has a client of its own: whatever state a broken one was in, it is
 * of no consequence for the next.
 */
export class ReconnectingRedis {
  readonly #options: ReconnectingRedisOptions;
  #redis: Redis | undefined;
  #up = false;
  #closed = false;
  #attempt = 0;
  /** Why it is down, as far as that was told. */
  #told: string | undefined;
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
      // What can't be sent now is worthless later: the clients fetch it from the database.
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
      // It counts only if it answers: a connection is soon made.
      await redis.ping();
    } catch (error) {
      // What Redis has refused (a password, a channel) says more than that the connection is closed, which follows.
      this.#lose(redis, isRefusal(error) || reason === CLOSED ? reasonOf(error) : reason);
      return;
    }
    if (this.#redis !== redis || this.#closed) return;
    this.#up = true;
    this.#told = undefined;
    this.#attempt = 0;
    onUp();
    this.#timer = setTimeout(() => void this.#beat(redis), BEAT_MS);
  }

  async #beat(redis: Redis): Promise<void> {
    try {
      await redis.ping();
    } catch (error) {
      this.#lose(redis, reasonOf(error));
    }
    if (this.#redis === redis && this.#up && !this.#closed) this.#timer = setTimeout(() => void this.#beat(redis), BEAT_MS);
  }

  /** Lets go of a connection, and tries another one in a while. */
  #lose(redis: Redis, reason: string): void {
    if (this.#redis !== redis) return;
    this.#redis = undefined;
    clearTimeout(this.#timer);
    redis.disconnect();
    this.#up = false;
    if (this.#closed) return;
    if (this.#told !== reason) this.#options.onDown(reason);
    this.#told = reason;
    const wait = (0.5 + 0.5 * Math.random()) * Math.min(RETRY_MAX_MS, RETRY_BASE_MS * 2 ** Math.min(this.#attempt, 10));
    this.#attempt += 1;
    this.#timer = setTimeout(() => void this.#connect(), wait);
  }
}
