import { ChatError } from '@switchboard/protocol/errors';
import type { NewMessage, SavedMessage, UploadResponse } from '@switchboard/protocol/types';

import { BACKOFF_MAX_MS, backoffMs } from '../platform/backoff.ts';
import type { Effects } from '../platform/effects.ts';
import { needsUpload, nextBatch } from './batch.ts';
import type { OutboxEntry } from './entry.ts';

/** What a lane works on and tells. */
export interface LaneWork {
  readonly asOperator: boolean;
  /** The lane's entries that wait to be saved, in order; empty while this tab does not lead. */
  waiting(): readonly OutboxEntry[];
  save(messages: readonly NewMessage[]): Promise<readonly SavedMessage[]>;
  upload(entry: OutboxEntry, onProgress: (done: number) => void, signal: AbortSignal): Promise<UploadResponse>;
  /** Grows whenever the server has answered anything else. */
  answers(): number;
  onProgress(entry: OutboxEntry, done: number | null): void;
  /** The picture is up: keep that before anything else happens. */
  onUploaded(entry: OutboxEntry, upload: UploadResponse): Promise<void>;
  onSaved(entries: readonly OutboxEntry[], saved: readonly SavedMessage[]): Promise<void>;
  /** Refused for good, or given up. */
  onRefused(entry: OutboxEntry, reason: ChatError): Promise<void>;
  /** After each attempt: whether saving works. */
  onOutcome(works: boolean): void;
}

/**
 * A picture that has failed this often, though the server answered other requests meanwhile, and for at least this many milliseconds, is set aside: what
 * was sent after it must not wait for ever. Where nothing gets through it is not the picture's fault, and everything keeps its order.
 */
const MAX_STUCK_TRIES = 3;
const MIN_STUCK_MS = 20_000;
const STUCK = new ChatError('unavailable', 'The picture does not get through. Try it again, or send a smaller one.');

/** Whether the same request will never succeed. A 401 is not: signing in again mends it. */
function isFatal(error: unknown): error is ChatError {
  return error instanceof ChatError && !error.retryable && error.code !== 'unauthenticated';
}

/** Sends one conversation's messages, strictly in order, one request at a time, for as long as it takes. */
export class Lane {
  readonly #effects: Effects;
  readonly #work: LaneWork;
  #running = false;
  #closed = false;
  #attempt = 0;
  /** Things may have changed for the better while an attempt was under way: should it fail, the next one need not wait. */
  #hurried = false;
  /** After a refused batch: entries to send one by one, to find out which of them was meant. */
  #single = 0;
  #cancelWait: (() => void) | undefined;
  /** The server has asked to be left alone until then; milliseconds since 1970. */
  #notBefore = 0;
  #uploading: { readonly entry: OutboxEntry; readonly abort: AbortController } | undefined;
  /** Failed tries of one picture while the server answered: since when, in milliseconds since 1970, and how many answers there were at the last. */
  #stuck: { readonly order: number; readonly since: number; tries: number; answers: number } | undefined;

  constructor(effects: Effects, work: LaneWork) {
    this.#effects = effects;
    this.#work = work;
  }

  /**
   * Something may be there to send. Ignored while waiting to retry, unless `now` says that things may have changed for the better; a wait that the
   * server has asked for is sat out all the same.
   */
  kick(now = false): void {
    if (this.#closed) return;
    if (this.#running) {
      this.#hurried ||= now;
      return;
    }
    if (this.#cancelWait !== undefined && (!now || this.#effects.now() < this.#notBefore)) return;
    this.#cancelWait?.();
    this.#cancelWait = undefined;
    void this.#run();
  }

  /** The person does not want to send these any more: an upload of one of them is called off. */
  drop(entries: readonly OutboxEntry[]): void {
    if (entries.some(({ order }) => order === this.#uploading?.entry.order)) this.#uploading?.abort.abort();
  }

  close(): void {
    this.#closed = true;
    this.#cancelWait?.();
    this.#cancelWait = undefined;
  }

  async #run(): Promise<void> {
    this.#running = true;
    this.#hurried = false;
    try {
      while (!this.#closed && (await this.#step()));
    } catch (error) {
      this.#retryLater(error);
    } finally {
      this.#running = false;
    }
  }

  /** One request; false when there is nothing to do. */
  async #step(): Promise<boolean> {
    const [head, ...rest] = this.#work.waiting();
    if (head === undefined) return false;
    if (needsUpload(head)) await this.#upload(head);
    else await this.#save([head, ...rest]);
    return true;
  }

  async #upload(entry: OutboxEntry): Promise<void> {
    const abort = new AbortController();
    this.#uploading = { entry, abort };
    const answersBefore = this.#work.answers();
    try {
      const upload = await this.#work.upload(entry, (done) => this.#work.onProgress(entry, done), abort.signal);
      this.#stuck = undefined;
      this.#succeeded();
      await this.#work.onUploaded(entry, upload);
    } catch (error) {
      if (abort.signal.aborted) return;
      const reason = isFatal(error) ? error : this.#isStuck(entry, error, answersBefore) ? STUCK : undefined;
      if (reason === undefined) throw error;
      this.#succeeded();
      await this.#work.onRefused(entry, reason);
    } finally {
      this.#uploading = undefined;
      this.#work.onProgress(entry, null);
    }
  }

  /** Whether this failed try shows that it is the picture that does not get through, and nothing else. */
  #isStuck({ order }: OutboxEntry, error: unknown, answersBefore: number): boolean {
    if (error instanceof ChatError && (error.code === 'unauthenticated' || error.code === 'rate_limited')) return false;
    const now = this.#effects.now();
    if (this.#stuck?.order !== order) this.#stuck = { order, since: now, tries: 0, answers: answersBefore };
    const answers = this.#work.answers();
    if (answers > this.#stuck.answers) this.#stuck.tries += 1;
    this.#stuck.answers = answers;
    return this.#stuck.tries >= MAX_STUCK_TRIES && now - this.#stuck.since >= MIN_STUCK_MS;
  }

  async #save(waiting: readonly OutboxEntry[]): Promise<void> {
    const { entries, messages } = nextBatch(waiting, this.#work.asOperator, this.#single > 0 ? 1 : undefined);
    try {
      const saved = await this.#work.save(messages);
      this.#succeeded();
      this.#single = Math.max(0, this.#single - 1);
      await this.#work.onSaved(entries, saved);
    } catch (error) {
      if (!isFatal(error)) throw error;
      this.#succeeded();
      const [only, ...others] = entries;
      if (only === undefined) return;
      if (others.length > 0) this.#single = entries.length;
      else {
        this.#single = Math.max(0, this.#single - 1);
        await this.#work.onRefused(only, error);
      }
    }
  }

  #succeeded(): void {
    this.#attempt = 0;
    this.#work.onOutcome(true);
  }

  #retryLater(error: unknown): void {
    if (this.#closed) return;
    this.#work.onOutcome(false);
    const asked = error instanceof ChatError ? error.detail.retryAfterSeconds : undefined;
    const signedOut = error instanceof ChatError && error.code === 'unauthenticated';
    const usual = signedOut ? BACKOFF_MAX_MS * (0.5 + this.#effects.random() / 2) : backoffMs(this.#attempt, this.#effects.random(), asked);
    const wait = this.#hurried && asked === undefined ? 0 : usual;
    this.#attempt += 1;
    this.#notBefore = asked === undefined ? 0 : this.#effects.now() + asked * 1_000;
    this.#effects.note(`outbox: attempt ${this.#attempt} failed, again in ${Math.round(wait)} ms`, error);
    this.#cancelWait = this.#effects.after(wait, () => {
      this.#cancelWait = undefined;
      void this.#run();
    });
  }
}
