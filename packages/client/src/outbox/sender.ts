import { mapImage } from '@switchboard/protocol/body';
import type { ChatError } from '@switchboard/protocol/errors';
import type { NewMessage, SavedMessage, UploadResponse } from '@switchboard/protocol/types';

import { conversationMessageId } from '../model/message-id.ts';
import type { Effects } from '../platform/effects.ts';
import { ConversationQueue } from './conversation-queue.ts';
import type { OutboxEntry } from './entry.ts';

/** Smallest step of upload progress that is told. */
const PROGRESS_STEP = 0.05;

/** An entry that the database has now. */
export interface SavedEntry {
  readonly entry: OutboxEntry;
  readonly saved: SavedMessage;
}

/** How messages get to the server. */
export interface Transport {
  readonly asOperator: boolean;
  /** Resolves once all are committed. */
  save(messages: readonly NewMessage[]): Promise<readonly SavedMessage[]>;
  /** Breaks off when `signal` is aborted. */
  upload(entry: OutboxEntry, onProgress: (done: number) => void, signal: AbortSignal): Promise<UploadResponse>;
}

/** Whose messages, and how they get to the server. */
export interface OutboxOptions extends Transport {
  /** `visitor` or `operator:<id>`: whose messages. */
  readonly owner: string;
  /** In the sending tab: the picture is up, so the relay can carry its URL. */
  onUploaded(entry: OutboxEntry): void;
}

/** What the sender works on, and tells. */
export interface SenderHooks {
  /** What this tab may send now, in order. */
  waiting(): readonly OutboxEntry[];
  onUploaded(entry: OutboxEntry): Promise<void>;
  onSaved(saved: readonly SavedEntry[]): Promise<void>;
  onRefused(entry: OutboxEntry, reason: ChatError): Promise<void>;
  onProgress(entry: OutboxEntry, done: number | null): void;
  /** Saving has begun or ceased to fail. */
  onFailing(failing: boolean): void;
}

/** Pairs the entries of a request with what the server answered, by key. */
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

/** Sends what waits, with a queue for each conversation: one that is stuck holds up no other. */
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

  /** Starts every queue in which something waits; with `now`, also those in the delay before a retry. */
  kick(now: boolean): void {
    for (const clientId of new Set(this.#hooks.waiting().map((entry) => entry.clientId))) this.#queue(clientId).kick(now);
  }

  /** The server has answered something. */
  noteAnswer(): void {
    this.#answers += 1;
  }

  /** The person does not want to send these any more. */
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
