import { mapImage } from '@switchboard/protocol/body';
import type { ChatError } from '@switchboard/protocol/errors';
import type { NewMessage, SavedMessage, UploadResponse } from '@switchboard/protocol/types';

import { conversationMessageId } from '../model/message-id.ts';
import type { Effects } from '../platform/effects.ts';
import { ConversationQueue } from './conversation-queue.ts';
import type { OutboxEntry } from './entry.ts';

/** Smallest step of upload progress that is reported. */
const PROGRESS_STEP = 0.05;

/** An entry that has been saved. */
export interface SavedEntry {
  readonly entry: OutboxEntry;
  readonly saved: SavedMessage;
}

/** How messages are sent to the server. */
export interface Transport {
  readonly asOperator: boolean;
  /** Resolves once all are committed. */
  save(messages: readonly NewMessage[]): Promise<readonly SavedMessage[]>;
  /** Stops when `signal` is aborted. */
  upload(entry: OutboxEntry, onProgress: (done: number) => void, signal: AbortSignal): Promise<UploadResponse>;
}

/** Owner of the messages, and how they are sent to the server. */
export interface OutboxOptions extends Transport {
  /** `visitor` or `operator:<id>`. */
  readonly owner: string;
  /** Called in the sending tab after an upload: the URL can be sent over the relay now. */
  onUploaded(entry: OutboxEntry): void;
}

/** The sender's entries, and the callbacks for their outcomes. */
export interface SenderHooks {
  /** What this tab may send now, in order. */
  waiting(): readonly OutboxEntry[];
  onUploaded(entry: OutboxEntry): Promise<void>;
  onSaved(saved: readonly SavedEntry[]): Promise<void>;
  onRefused(entry: OutboxEntry, reason: ChatError): Promise<void>;
  onProgress(entry: OutboxEntry, done: number | null): void;
  /** Called when saving starts to fail, and when it works again. */
  onFailing(failing: boolean): void;
}

/** Pairs the entries of a request with the server's answers, by key. */
function pair(entries: readonly OutboxEntry[], answers: readonly SavedMessage[]): SavedEntry[] {
  const byKey = new Map(answers.map((answer) => [answer.messageKey, answer]));
  return entries.flatMap((entry) => {
    const saved = byKey.get(entry.key);
    return saved === undefined ? [] : [{ entry, saved }];
  });
}

function withUpload(entry: OutboxEntry, upload: UploadResponse): OutboxEntry {
  const { imageUrl: url, imageName: name, mimeType, width, height } = upload;
  return { ...entry, body: mapImage(entry.body, () => ({ blob: null, url, name, mimeType, width, height })) };
}

/** Sends waiting entries, with one queue per conversation: a blocked queue does not delay the others. */
export class Sender {
  readonly #effects: Effects;
  readonly #transport: Transport;
  readonly #hooks: SenderHooks;
  readonly #queues = new Map<number, ConversationQueue>();
  readonly #failing = new Set<number>();
  #answers = 0;
  readonly #progress = new Map<string, number>();

  constructor(effects: Effects, transport: Transport, hooks: SenderHooks) {
    this.#effects = effects;
    this.#transport = transport;
    this.#hooks = hooks;
  }

  isFailing(): boolean {
    return this.#failing.size > 0;
  }

  /** Starts every queue that has waiting entries; with `now`, also those in the delay before a retry. */
  kick(now: boolean): void {
    for (const clientId of new Set(this.#hooks.waiting().map((entry) => entry.clientId))) this.#queue(clientId).kick(now);
  }

  /** The server has answered something. */
  noteAnswer(): void {
    this.#answers += 1;
  }

  /** These entries were discarded. */
  drop(entries: readonly OutboxEntry[]): void {
    for (const queue of this.#queues.values()) queue.drop(entries);
  }

  close(): void {
    for (const queue of this.#queues.values()) queue.close();
  }

  #queue(clientId: number): ConversationQueue {
    const existing = this.#queues.get(clientId);
    if (existing !== undefined) return existing;
    const queue = new ConversationQueue(this.#effects, {
      asOperator: this.#transport.asOperator,
      waiting: () => this.#hooks.waiting().filter((entry) => entry.clientId === clientId),
      save: (messages) => this.#transport.save(messages),
      upload: (entry, onProgress, signal) => this.#transport.upload(entry, onProgress, signal),
      answers: () => this.#answers,
      onProgress: (entry, done) => this.#noteProgress(entry, done),
      onUploaded: (entry, upload) => this.#hooks.onUploaded(withUpload(entry, upload)),
      onSaved: (entries, answers) => this.#hooks.onSaved(pair(entries, answers)),
      onRefused: (entry, reason) => this.#hooks.onRefused(entry, reason),
      onOutcome: (works) => this.#noteOutcome(clientId, works),
    });
    this.#queues.set(clientId, queue);
    return queue;
  }

  #noteProgress(entry: OutboxEntry, done: number | null): void {
    const id = conversationMessageId(entry);
    const before = this.#progress.get(id);
    if (done === null) this.#progress.delete(id);
    else {
      if (before !== undefined && done - before < PROGRESS_STEP && done < 1) return;
      this.#progress.set(id, done);
    }
    this.#hooks.onProgress(entry, done);
  }

  #noteOutcome(clientId: number, works: boolean): void {
    const before = this.isFailing();
    if (works) this.noteAnswer();
    if (works) this.#failing.delete(clientId);
    else this.#failing.add(clientId);
    if (this.isFailing() !== before) this.#hooks.onFailing(!before);
  }
}
