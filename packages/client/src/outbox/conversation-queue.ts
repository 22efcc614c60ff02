import type { ChatError } from '@switchboard/protocol/errors';
import type { NewMessage, SavedMessage, UploadResponse } from '@switchboard/protocol/types';

import { isFinal, isSignedOut } from '../model/errors.ts';
import type { Effects } from '../platform/effects.ts';
import { RetryingTask } from '../platform/retrying-task.ts';
import { needsUpload, nextBatch } from './batch.ts';
import type { OutboxEntry } from './entry.ts';
import { STALLED, StalledUpload } from './stalled-upload.ts';

/** The work of a queue: its entries, its requests, and the callbacks for their outcomes. */
export interface QueueWork {
  readonly asOperator: boolean;
  /** The conversation's entries that wait to be saved, in order; empty while this tab is not the leader. */
  waiting(): readonly OutboxEntry[];
  save(messages: readonly NewMessage[]): Promise<readonly SavedMessage[]>;
  upload(entry: OutboxEntry, onProgress: (done: number) => void, signal: AbortSignal): Promise<UploadResponse>;
  /** Number of answers of the server so far, including those to other requests. */
  answers(): number;
  onProgress(entry: OutboxEntry, done: number | null): void;
  /** The picture is uploaded: store its URL before anything else. */
  onUploaded(entry: OutboxEntry, upload: UploadResponse): Promise<void>;
  onSaved(entries: readonly OutboxEntry[], saved: readonly SavedMessage[]): Promise<void>;
  /** The entry was refused for good, or its upload was given up. */
  onRefused(entry: OutboxEntry, reason: ChatError): Promise<void>;
  /** Called after each attempt with whether saving works. */
  onOutcome(works: boolean): void;
}

/** Sends one conversation's messages strictly in order, one request at a time, and retries until they are saved or refused. */
export class ConversationQueue {
  readonly #work: QueueWork;
  readonly #task: RetryingTask;
  readonly #stalled: StalledUpload;
  /** After a refused batch: number of entries to send one by one, to find the one that was refused. */
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
      // Signing in again triggers the outbox at once.
      isLasting: isSignedOut,
    });
  }

  /**
   * Sends waiting entries. Ignored during the delay before a retry, unless `now` is set because the cause of the failure may be gone; a delay that the
   * server requested is never shortened.
   */
  kick(now = false): void {
    this.#task.trigger(now);
  }

  /** These entries were discarded: cancels the upload of one of them. */
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
