import type { ChatError } from '@switchboard/protocol/errors';
import type { NewMessage, SavedMessage, UploadResponse } from '@switchboard/protocol/types';

import { isFinal, isSignedOut } from '../model/errors.ts';
import type { Effects } from '../platform/effects.ts';
import { RetryingTask } from '../platform/retrying-task.ts';
import { needsUpload, nextBatch } from './batch.ts';
import type { OutboxEntry } from './entry.ts';
import { STALLED, StalledUpload } from './stalled-upload.ts';

/** What a queue works on, and what it reports. */
export interface QueueWork {
  readonly asOperator: boolean;
  /** The conversation's entries that wait to be saved, in order; empty while this tab does not lead. */
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

/** Sends one conversation's messages, strictly in order, one request at a time, for as long as it takes. */
export class ConversationQueue {
  readonly #work: QueueWork;
  readonly #task: RetryingTask;
  readonly #stalled: StalledUpload;
  /** After a refused batch: entries to send one by one, to find out which of them was meant. */
  #single = 0;
  #uploading: { readonly entry: OutboxEntry; readonly abort: AbortController } | undefined;

  constructor(effects: Effects, work: QueueWork) {
    this.#work = work;
    this.#stalled = new StalledUpload(effects);
    this.#task = new RetryingTask(effects, {
      work: () => this.#sendAll(),
      onFailure: (error, delayMs) => {
        effects.note(`outbox: an attempt failed, the next follows in ${Math.round(delayMs)} ms`, error);
        work.onOutcome(false);
      },
      // Whoever signs in again has the outbox send at once.
      isLasting: isSignedOut,
    });
  }

  /**
   * Something may be there to send. Ignored during the delay before a retry, unless `now` says that things may have changed for the better; a delay that
   * the server has asked for goes on all the same.
   */
  kick(now = false): void {
    this.#task.trigger(now);
  }

  /** The person does not want to send these any more: an upload of one of them is called off. */
  drop(entries: readonly OutboxEntry[]): void {
    if (entries.some(({ order }) => order === this.#uploading?.entry.order)) this.#uploading?.abort.abort();
  }

  close(): void {
    this.#task.close();
  }

  async #sendAll(): Promise<void> {
    while (!this.#task.isClosed()) {
      const [head, ...rest] = this.#work.waiting();
      if (head === undefined) return;
      if (needsUpload(head)) await this.#upload(head);
      else await this.#save([head, ...rest]);
    }
  }

  async #upload(entry: OutboxEntry): Promise<void> {
    const abort = new AbortController();
    this.#uploading = { entry, abort };
    const answersBefore = this.#work.answers();
    try {
      const upload = await this.#work.upload(entry, (done) => this.#work.onProgress(entry, done), abort.signal);
      this.#stalled.clear();
      this.#succeeded();
      await this.#work.onUploaded(entry, upload);
    } catch (error) {
      if (abort.signal.aborted) return;
      const isStalled = () => this.#stalled.noteFailure(entry.order, error, answersBefore, this.#work.answers());
      const reason = isFinal(error) ? error : isStalled() ? STALLED : undefined;
      if (reason === undefined) throw error;
      this.#succeeded();
      await this.#work.onRefused(entry, reason);
    } finally {
      this.#uploading = undefined;
      this.#work.onProgress(entry, null);
    }
  }

  async #save(waiting: readonly OutboxEntry[]): Promise<void> {
    const { entries, messages } = nextBatch(waiting, this.#work.asOperator, this.#single > 0 ? 1 : undefined);
    try {
      const saved = await this.#work.save(messages);
      this.#succeeded();
      this.#single = Math.max(0, this.#single - 1);
      await this.#work.onSaved(entries, saved);
    } catch (error) {
      if (!isFinal(error)) throw error;
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
    this.#task.noteProgress();
    this.#work.onOutcome(true);
  }
}
