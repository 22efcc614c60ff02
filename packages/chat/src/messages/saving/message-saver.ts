import { setImmediate } from 'node:timers/promises';

import { errorFor, type NewMessage } from '@switchboard/protocol';

import type { Actor } from '../../actor.ts';
import type { Context } from '../../context.ts';
import { requirePermission } from '../../permissions.ts';
import { draftMessages } from './draft.ts';
import { PARTITIONS, SaveQueue, type Partition, type QueuedRequest } from './save-queue.ts';
import { saveGroup } from './save-group.ts';
import type { SaveResult } from './write-group.ts';

export interface MessageSaverOptions {
  /** Most messages that may wait or be written at a time; beyond it requests are refused as `unavailable`. */
  readonly maxQueued?: number;
  /** The same for one visitor or operator; beyond it their requests are refused as `rate_limited`, so that one caller cannot fill the queue. */
  readonly maxQueuedPerCaller?: number;
  /** Messages in one transaction, unless a single request has more. */
  readonly maxGroup?: number;
  /** Milliseconds after which a request is answered `unavailable`, whether it waits in the queue or for the database. */
  readonly maxWaitMs?: number;
  /** Called for each group that is written in one transaction, with the number of its messages. */
  readonly onGroup?: (messages: number) => void;
  /** Called for each request that is refused because the queue is full. */
  readonly onRefused?: () => void;
}

/** Saves messages. A process has one. */
export interface MessageSaver {
  /**
   * Saves messages, all or nothing. Idempotent by message key, without expiry: a repeat answers the first row, so a request may be sent again whenever its
   * answer was lost. Resolves after the commit.
   *
   * @throws ChatError `unauthenticated`, `forbidden`, `blocked`, `not_found` (conversation or image), `conflict` (the key belongs to another message),
   * `invalid_request`, `rate_limited` (too many of this caller's messages wait), `unavailable` (the database is away or too slow, or the queue is full)
   */
  save(actor: Actor, messages: readonly NewMessage[]): Promise<SaveResult>;
  /** Refuses new requests and resolves when the accepted ones are answered. */
  close(): Promise<void>;
  /** `queued`: messages waiting or being written. */
  state(): { queued: number };
}

const DEFAULT_MAX_QUEUED = 5_000;
const DEFAULT_MAX_QUEUED_PER_CALLER = 500;
const DEFAULT_MAX_GROUP = 500;
/** One transaction may take nearly this long, and a request may have to wait for an earlier one: the caller must not wait for both. */
const DEFAULT_MAX_WAIT_MS = 4_700;

/**
 * Creates the saver. Requests that arrive while a transaction of their partition is under way are written together in the next one (group commit): the higher
 * the load, the larger the groups. A conversation is in one transaction at a time, so one sender's requests are numbered in the order they were made.
 */
export function createMessageSaver(ctx: Context, options: MessageSaverOptions = {}): MessageSaver {
  const {
    maxQueued = DEFAULT_MAX_QUEUED,
    maxQueuedPerCaller = DEFAULT_MAX_QUEUED_PER_CALLER,
    maxGroup = DEFAULT_MAX_GROUP,
    maxWaitMs = DEFAULT_MAX_WAIT_MS,
  } = options;
  const queue = new SaveQueue();
  const writing = new Map<Partition, Promise<void>>();
  const queuedOf = new Map<string, number>();
  let queued = 0;
  let closed = false;
  let gathering: Promise<void> | undefined;

  async function gather(): Promise<void> {
    // Waits for the next iteration of the event loop, so that requests which arrived together are written together.
    await setImmediate();
    gathering = undefined;
    begin();
  }

  /** Starts every transaction that may run beside those under way. */
  function begin(): void {
    if (writing.has('all')) return;
    if (writing.size === 0) write('all');
    for (let partition = 0; partition < PARTITIONS && !writing.has('all'); partition += 1) {
      if (!writing.has(partition)) write(partition);
    }
  }

  /** Counts messages of a caller as waiting, or (negative) as answered. */
  function count(caller: string, messages: number): void {
    queued += messages;
    const own = (queuedOf.get(caller) ?? 0) + messages;
    if (own === 0) queuedOf.delete(caller);
    else queuedOf.set(caller, own);
  }

  function write(partition: Partition): void {
    const group = queue.take(partition, maxGroup);
    if (group.length === 0) return;
    options.onGroup?.(group.reduce((sum, { drafts }) => sum + drafts.length, 0));
    const writeAndContinue = async () => {
      await saveGroup(ctx, group);
      writing.delete(partition);
      begin();
    };
    writing.set(partition, writeAndContinue());
  }

  return {
    async save(actor, messages) {
      requirePermission(actor, 'message.save');
      const drafts = draftMessages(actor, messages, ctx.clock());
      if (closed) throw errorFor('shutting_down', undefined, { retryAfterSeconds: 2 });
      if (drafts.length === 0) return { messages: [], effects: [] };
      const caller = callerOf(actor);
      if ((queuedOf.get(caller) ?? 0) + drafts.length > maxQueuedPerCaller)
        throw errorFor('too_many_waiting', undefined, { retryAfterSeconds: 1 });
      if (queued + drafts.length > maxQueued) {
        options.onRefused?.();
        throw errorFor('overloaded', undefined, { retryAfterSeconds: 2 });
      }
      count(caller, drafts.length);
      let deadline: NodeJS.Timeout | undefined;
      try {
        return await new Promise<SaveResult>((resolve, reject) => {
          const request: QueuedRequest = { drafts, resolve, reject };
          deadline = setTimeout(() => {
            // A request that still waits is dropped. One that is being written may still be committed; a repeat then gets its rows.
            queue.remove(request);
            reject(errorFor('database_away', undefined, { retryAfterSeconds: 1 }));
          }, maxWaitMs);
          queue.push(request);
          gathering ??= gather();
        });
      } finally {
        clearTimeout(deadline);
        count(caller, -drafts.length);
      }
    },
    async close() {
      closed = true;
      await gathering;
      while (writing.size > 0) await Promise.all(writing.values());
    },
    state: () => ({ queued }),
  };
}

/** Whose messages count toward one caller's limit. */
function callerOf(actor: Actor): string {
  if (actor.kind === 'visitor') return `visitor ${actor.clientId}`;
  return actor.kind === 'operator' ? `operator ${actor.userId}` : 'nobody';
}
