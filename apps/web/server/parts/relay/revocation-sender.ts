import { forgetRevocations, listRevocations, recordRevocation, SYSTEM, type Context, type Revocation } from '@switchboard/chat';
import { MAX_HINTS, reasonOf, revokedHint, type Person } from '@switchboard/relay-client';
import type { CounterMetric, Logger, Metrics } from '@switchboard/telemetry';

import type { RelayRequests } from './relay-requests.ts';
import { PendingRevocations } from './pending-revocations.ts';

/**
 * Makes the relay close people's connections and refuse their earlier tokens. Each revocation is a row for 24 hours, and is sent until the relay has taken it.
 * A relay that was away or is a new process gets all of them again, because it does not know the earlier ones.
 */
export interface RevocationSender {
  /** Stores a revocation without sending it. Call it before the change that revokes, so that a crash in between does not lose it. @throws ChatError `unavailable` */
  record(person: Person): Promise<void>;
  /** Stores a revocation and sends it. Never rejects: a revocation that cannot be stored is sent all the same, while this process runs. */
  revoke(person: Person): Promise<void>;
  /** Sends a revocation that is stored already. Returns at once. */
  send(person: Person): void;
  /** Starts checking every 30 s for revocations that others have stored (other web servers, the command line), and for a new relay process. */
  start(): void;
  /** How many revocations the relay has not confirmed, and since when there are any. */
  waiting(): { readonly count: number; readonly since: Date | undefined };
  /** Resolves when no request is under way. Does not wait for scheduled retries. */
  settled(): Promise<void>;
  /** Stops further attempts. */
  close(): void;
}

export interface RevocationSenderOptions {
  readonly chat: Pick<Context, 'db' | 'log' | 'clock'>;
  readonly relay: RelayRequests;
  readonly log: Logger;
  readonly metrics: Metrics;
}

/** Pauses before each retry; the last one is repeated. Milliseconds. */
const RETRY_AFTER_MS = [200, 400, 800, 1_600, 3_200, 5_000];
const CHECK_EVERY_MS = 30_000;
const FORGET_EVERY_MS = 60 * 60_000;
const WARN_EVERY_MS = 60_000;

/** Sends nothing before `send`, `revoke` or `start` is called. */
export function createRevocationSender(options: RevocationSenderOptions): RevocationSender {
  return new Sender(options);
}

class Sender implements RevocationSender {
  readonly #chat: RevocationSenderOptions['chat'];
  readonly #relay: RelayRequests;
  readonly #log: Logger;
  readonly #failures: CounterMetric;
  readonly #pending: PendingRevocations;
  #watching = false;
  #closed = false;
  #running: Promise<void> | undefined;
  #again = false;
  #timer: NodeJS.Timeout | undefined;
  /** Rounds that have failed since the last successful one. */
  #failed = 0;
  #warnedAt: number | undefined;
  #forgotAt = 0;
  /** Rows recorded up to this time have been read; undefined: none. */
  #readUntil: Date | undefined;

  constructor({ chat, relay, log, metrics }: RevocationSenderOptions) {
    this.#chat = chat;
    this.#relay = relay;
    this.#log = log;
    this.#pending = new PendingRevocations(() => chat.clock());
    this.#failures = metrics.counter('web_revocation_failures_total', 'Failed attempts to send revocations to the relay');
    metrics.gauge('web_revocations_pending', 'Revocations of the last 24 hours that the relay is not known to have taken', {
      read: () => this.#pending.count,
    });
    relay.onAnswer((answer) => {
      // While attempts fail, the next one is scheduled already.
      if (this.#pending.note(answer) && (answer.outcome === 'taken' || this.#failed === 0)) this.#wake();
    });
  }

  async record(person: Person): Promise<void> {
    await recordRevocation(this.#chat, SYSTEM, this.#revocationOf(person));
  }

  async revoke(person: Person): Promise<void> {
    const revocation = this.#revocationOf(person);
    this.#add(revocation);
    try {
      await recordRevocation(this.#chat, SYSTEM, revocation);
    } catch (error) {
      const { role, id } = person;
      this.#log.error({ role, id, err: error }, 'could not store a revocation: only this process repeats it to a relay that is away');
    }
  }

  send(person: Person): void {
    this.#add(this.#revocationOf(person));
  }

  start(): void {
    this.#watching = true;
    this.#wake();
  }

  waiting() {
    return { count: this.#pending.count, since: this.#pending.since };
  }

  async settled(): Promise<void> {
    await this.#running;
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  #revocationOf(person: Person): Revocation {
    return { ...person, at: this.#chat.clock() };
  }

  #add(revocation: Revocation): void {
    this.#pending.add(revocation);
    this.#wake();
  }

  /** Starts a round, or schedules another after the one under way. With `probe`, a request is sent even if no revocation is pending. */
  #wake(probe = false): void {
    if (this.#closed) return;
    clearTimeout(this.#timer);
    if (this.#running === undefined) this.#running = this.#run(probe);
    else this.#again = true;
  }

  async #run(probe: boolean): Promise<void> {
    let done: boolean;
    do {
      this.#again = false;
      const read = !this.#watching || (await this.#readRecorded());
      done = (await this.#sendAll(probe)) && read;
    } while (done && this.#again && !this.#closed);
    this.#running = undefined;
    this.#failed = done ? 0 : this.#failed + 1;
    if (this.#closed || (done && !this.#watching)) return;
    const pause = done ? CHECK_EVERY_MS : RETRY_AFTER_MS[Math.min(this.#failed, RETRY_AFTER_MS.length) - 1];
    this.#timer = setTimeout(() => this.#wake(true), pause).unref();
  }

  /** Reads revocations that others stored. False when the database fails: then this round sends what this process knows. */
  async #readRecorded(): Promise<boolean> {
    try {
      const now = this.#chat.clock();
      if (now.getTime() - this.#forgotAt >= FORGET_EVERY_MS) {
        await forgetRevocations(this.#chat, SYSTEM, now);
        this.#forgotAt = now.getTime();
        this.#readUntil = undefined;
      }
      const { revocations, recordedUntil } = await listRevocations(this.#chat, SYSTEM, now, this.#readUntil);
      for (const revocation of revocations) this.#pending.add(revocation);
      this.#readUntil = recordedUntil;
      return true;
    } catch (error) {
      this.#log.warn({ err: error }, 'could not read revocations from the database; retrying');
      return false;
    }
  }

  /** Sends the pending revocations. With `probe` and none pending, sends the newest again: the answer identifies the relay process. False when the relay did not take them. */
  async #sendAll(probe: boolean): Promise<boolean> {
    const pending = this.#pending;
    pending.forget();
    let batch = pending.waiting().slice(0, MAX_HINTS);
    if (batch.length === 0 && probe) batch = pending.newest();
    while (batch.length > 0) {
      const answer = await this.#relay.post(batch.map((revocation) => revokedHint(revocation, revocation.at)));
      if (answer.outcome !== 'taken') {
        this.#failures.add();
        this.#warn(reasonOf(answer));
        return false;
      }
      pending.markTaken(batch);
      batch = pending.waiting().slice(0, MAX_HINTS);
    }
    if (this.#warnedAt !== undefined) this.#log.info({}, 'the relay has taken all revocations');
    this.#warnedAt = undefined;
    return true;
  }

  #warn(reason: string): void {
    // A relay that restarts is back after a few seconds.
    if (this.#failed < RETRY_AFTER_MS.length) return;
    if (this.#warnedAt !== undefined && performance.now() - this.#warnedAt < WARN_EVERY_MS) return;
    this.#warnedAt = performance.now();
    const fields = { waiting: this.#pending.count, reason };
    this.#log.error(fields, 'could not send revocations to the relay: connections of these people stay open; retrying every 5 s');
  }
}
