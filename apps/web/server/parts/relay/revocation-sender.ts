import { forgetRevocations, listRevocations, recordRevocation, SYSTEM, type Context, type Revocation } from '@switchboard/chat';
import { MAX_HINTS, reasonOf, revokedHint, type Person } from '@switchboard/relay-client';
import type { CounterMetric, Logger, Metrics } from '@switchboard/telemetry';

import type { RelayRequests } from './relay-requests.ts';
import { RevocationBook } from './revocation-book.ts';

/**
 * Has the relay end people's connections and refuse their tokens from before. Each revocation is a row for 24 hours, and is told again until the relay has
 * taken it. All of them are told again to a relay that was away or is a new process: it knows nothing of those from before.
 */
export interface RevocationSender {
  /** Keeps a revocation without telling it: for before what revokes, so that the end of this process in between does not lose it. @throws ChatError `unavailable` */
  keep(person: Person): Promise<void>;
  /** Keeps it and has the relay told. Never rejects: what can't be kept is told all the same, for as long as this process runs. */
  revoke(person: Person): Promise<void>;
  /** Has the relay told of one that is kept already. Returns at once. */
  tell(person: Person): void;
  /** Looks from now on every half minute for what others have kept (other web servers, the command line), and whether the relay is still the same process. */
  start(): void;
  /** How many the relay is not known to have taken, and since when there are any. */
  waiting(): { readonly count: number; readonly since: Date | undefined };
  /** Resolves when nothing is on its way any more. What waits for its next attempt is not waited for. */
  settled(): Promise<void>;
  /** No further attempt is made. */
  close(): void;
}

export interface RevocationSenderOptions {
  readonly chat: Pick<Context, 'db' | 'log' | 'clock'>;
  readonly relay: RelayRequests;
  readonly log: Logger;
  readonly metrics: Metrics;
}

/** Pauses before each further attempt; the last one is repeated. Milliseconds. */
const RETRY_AFTER_MS = [200, 400, 800, 1_600, 3_200, 5_000];
const LOOK_EVERY_MS = 30_000;
const FORGET_EVERY_MS = 60 * 60_000;
const WARN_EVERY_MS = 60_000;

/** Tells nobody anything before it is asked to. */
export function createRevocationSender(options: RevocationSenderOptions): RevocationSender {
  return new Sender(options);
}

class Sender implements RevocationSender {
  readonly #chat: RevocationSenderOptions['chat'];
  readonly #relay: RelayRequests;
  readonly #log: Logger;
  readonly #failures: CounterMetric;
  readonly #book: RevocationBook;
  #watching = false;
  #closed = false;
  #running: Promise<void> | undefined;
  #again = false;
  #timer: NodeJS.Timeout | undefined;
  /** Rounds that have failed since the last one that went well. */
  #failed = 0;
  #warnedAt: number | undefined;
  #forgotAt = 0;
  /** Rows recorded up to then have been read; undefined: none. */
  #readUntil: Date | undefined;

  constructor({ chat, relay, log, metrics }: RevocationSenderOptions) {
    this.#chat = chat;
    this.#relay = relay;
    this.#log = log;
    this.#book = new RevocationBook(() => chat.clock());
    this.#failures = metrics.counter('web_revocation_failures_total', 'Attempts to tell the relay of revocations that failed');
    metrics.gauge('web_revocations_pending', 'Revocations of the last 24 hours that the relay is not known to have taken', {
      read: () => this.#book.count,
    });
    relay.onAnswer((answer) => {
      // While attempts fail, the next one has its time already.
      if (this.#book.note(answer) && (answer.outcome === 'taken' || this.#failed === 0)) this.#wake();
    });
  }

  async keep(person: Person): Promise<void> {
    await recordRevocation(this.#chat, SYSTEM, this.#revocationOf(person));
  }

  async revoke(person: Person): Promise<void> {
    const revocation = this.#revocationOf(person);
    this.#add(revocation);
    try {
      await recordRevocation(this.#chat, SYSTEM, revocation);
    } catch (error) {
      const { role, id } = person;
      this.#log.error({ role, id, err: error }, 'a revocation could not be kept: only this process repeats it to a relay that is away');
    }
  }

  tell(person: Person): void {
    this.#add(this.#revocationOf(person));
  }

  start(): void {
    this.#watching = true;
    this.#wake();
  }

  waiting() {
    return { count: this.#book.count, since: this.#book.since };
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
    this.#book.add(revocation);
    this.#wake();
  }

  /** Begins a round, or has the one under way followed by another. With `look` the relay is asked something even if nothing waits. */
  #wake(look = false): void {
    if (this.#closed) return;
    clearTimeout(this.#timer);
    if (this.#running === undefined) this.#running = this.#run(look);
    else this.#again = true;
  }

  async #run(look: boolean): Promise<void> {
    let done: boolean;
    do {
      this.#again = false;
      const read = !this.#watching || (await this.#readKept());
      done = (await this.#tellAll(look)) && read;
    } while (done && this.#again && !this.#closed);
    this.#running = undefined;
    this.#failed = done ? 0 : this.#failed + 1;
    if (this.#closed || (done && !this.#watching)) return;
    const pause = done ? LOOK_EVERY_MS : RETRY_AFTER_MS[Math.min(this.#failed, RETRY_AFTER_MS.length) - 1];
    this.#timer = setTimeout(() => this.#wake(true), pause).unref();
  }

  /** False when the database can't say: then what this process knows is told, and the rest the next time. */
  async #readKept(): Promise<boolean> {
    try {
      const now = this.#chat.clock();
      if (now.getTime() - this.#forgotAt >= FORGET_EVERY_MS) {
        await forgetRevocations(this.#chat, SYSTEM, now);
        this.#forgotAt = now.getTime();
        this.#readUntil = undefined;
      }
      const { revocations, recordedUntil } = await listRevocations(this.#chat, SYSTEM, now, this.#readUntil);
      for (const revocation of revocations) this.#book.add(revocation);
      this.#readUntil = recordedUntil;
      return true;
    } catch (error) {
      this.#log.warn({ err: error }, 'the database can not say who was revoked; trying again');
      return false;
    }
  }

  /** Tells what waits. With `look` and nothing waiting, the newest once more: the answer says which process the relay is. False when the relay did not take it. */
  async #tellAll(look: boolean): Promise<boolean> {
    const book = this.#book;
    book.forget();
    let batch = book.waiting().slice(0, MAX_HINTS);
    if (batch.length === 0 && look) batch = book.newest();
    while (batch.length > 0) {
      const answer = await this.#relay.post(batch.map((revocation) => revokedHint(revocation, revocation.at)));
      if (answer.outcome !== 'taken') {
        this.#failures.add();
        this.#complain(reasonOf(answer));
        return false;
      }
      book.told(batch);
      batch = book.waiting().slice(0, MAX_HINTS);
    }
    if (this.#warnedAt !== undefined) this.#log.info({}, 'the relay has taken all revocations');
    this.#warnedAt = undefined;
    return true;
  }

  #complain(reason: string): void {
    // A relay that restarts is back after a few seconds.
    if (this.#failed < RETRY_AFTER_MS.length) return;
    if (this.#warnedAt !== undefined && performance.now() - this.#warnedAt < WARN_EVERY_MS) return;
    this.#warnedAt = performance.now();
    const fields = { waiting: this.#book.count, reason };
    this.#log.error(fields, 'the relay can not be told of revocations: the connections of these people go on; trying again every 5 s');
  }
}
