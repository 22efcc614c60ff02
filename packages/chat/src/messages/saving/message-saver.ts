import { setImmediate } from 'node:timers/promises';

import { ChatError, type NewMessage } from '@switchboard/protocol';

import type { Actor } from '../../actor.ts';
import type { Context } from '../../context.ts';
import { requirePermission } from '../../permissions.ts';
import { draftMessages } from './draft.ts';
import { LANES, WaitingLine, type Lane, type Waiting } from './lanes.ts';
import { saveGroup } from './save-group.ts';
import type { SaveResult } from './write-group.ts';

export interface MessageSaverOptions {
  /** Messages waiting or being written at most; past it requests are refused as `unavailable`. */
  readonly maxQueued?: number;
  /** The same of one visitor or operator; past it they are refused as `rate_limited`: nobody's queue delays or displaces another's. */
  readonly maxQueuedPerCaller?: number;
  /** Messages in one transaction, unless a single request has more. */
  readonly maxGroup?: number;
  /** Milliseconds after which a request is answered `unavailable`, whether it waits for its turn or for the database. */
  readonly maxWaitMs?: number;
  /** Told of each group that is written in one transaction, by the number of its messages. */
  readonly onGroup?: (messages: number) => void;
  /** Told of each request that is refused because too much waits already. */
  readonly onRefused?: () => void;
}

/** Saves messages; one for each process. */
export interface MessageSaver {
  /**
   * Saves messages, all or nothing. Idempotent by message key, for ever: a repeat answers the first row, so a request may be sent again whenever its
   * answer was lost. Resolves after the commit.
   *
   * @throws ChatError `unauthenticated`, `forbidden`, `blocked`, `not_found` (conversation or image), `conflict` (the key belongs to another message),
   * `invalid_request`, `rate_limited` (too much of this caller's waiting), `unavailable` (database away or too slow, or too much waiting)
   */
  save(actor: Actor, messages: readonly NewMessage[]): Promise<SaveResult>;
  /** Takes nothing more and resolves when all that was taken is answered. */
  close(): Promise<void>;
  /** `queued`: messages waiting or being written. */
  state(): { queued: number };
}

const DEFAULT_MAX_QUEUED = 5_000;
const DEFAULT_MAX_QUEUED_PER_CALLER = 500;
const DEFAULT_MAX_GROUP = 500;
/** A transaction may take nearly as long by itself, and a request may have to wait for the one before its own: the caller must not wait for both. */
const DEFAULT_MAX_WAIT_MS = 4_700;

/**
 * Makes the saver. Requests that come while a transaction of their lane is under way are taken together into the next one (group commit): the busier, the
 * larger the groups. A conversation is in one transaction at a time, so that what one sender asks in order is numbered in order.
 */
export function createMessageSaver(ctx: Context, options: MessageSaverOptions = {}): MessageSaver {
  const {
    maxQueued = DEFAULT_MAX_QUEUED,
    maxQueuedPerCaller = DEFAULT_MAX_QUEUED_PER_CALLER,
    maxGroup = DEFAULT_MAX_GROUP,
    maxWaitMs = DEFAULT_MAX_WAIT_MS,
  } = options;
  const line = new WaitingLine();
  const writing = new Map<Lane, Promise<void>>();
  const queuedOf = new Map<string, number>();
  let queued = 0;
  let closed = false;
  let gathering: Promise<void> | undefined;

  async function gather(): Promise<void> {
    // One turn of the event loop, so that requests which arrived together are written together.
    await setImmediate();
    gathering = undefined;
    begin();
  }

  /** Begins what may be under way beside what is. */
  function begin(): void {
    if (writing.has('all')) return;
    if (writing.size === 0) write('all');
    for (let lane = 0; lane < LANES && !writing.has('all'); lane += 1) {
      if (!writing.has(lane)) write(lane);
    }
  }

  /** Counts messages of a caller as waiting, or (negative) as answered. */
  function count(caller: string, messages: number): void {
    queued += messages;
    const own = (queuedOf.get(caller) ?? 0) + messages;
    if (own === 0) queuedOf.delete(caller);
    else queuedOf.set(caller, own);
  }

  function write(lane: Lane): void {
    const group = line.take(lane, maxGroup);
    if (group.length === 0) return;
    options.onGroup?.(group.reduce((sum, { drafts }) => sum + drafts.length, 0));
    const writeAndGoOn = async () => {
      await saveGroup(ctx, group);
      writing.delete(lane);
      begin();
    };
    writing.set(lane, writeAndGoOn());
  }

  return {
    async save(actor, messages) {
      requirePermission(actor, 'message.save');
      const drafts = draftMessages(actor, messages, ctx.clock());
      if (closed) throw new ChatError('unavailable', 'The server is shutting down.', { retryAfterSeconds: 2 });
      if (drafts.length === 0) return { messages: [], effects: [] };
      const caller = callerOf(actor);
      if ((queuedOf.get(caller) ?? 0) + drafts.length > maxQueuedPerCaller)
        throw new ChatError('rate_limited', 'Too many of your messages are waiting to be saved.', { retryAfterSeconds: 1 });
      if (queued + drafts.length > maxQueued) {
        options.onRefused?.();
        throw new ChatError('unavailable', 'Too many messages are waiting to be saved.', { retryAfterSeconds: 2 });
      }
      count(caller, drafts.length);
      let deadline: NodeJS.Timeout | undefined;
      try {
        return await new Promise<SaveResult>((resolve, reject) => {
          const request: Waiting = { drafts, resolve, reject };
          deadline = setTimeout(() => {
            // Not begun: nobody waits for it any more. Begun: it may be committed yet, and a repeat will be told so.
            line.remove(request);
            reject(new ChatError('unavailable', 'The database does not answer in time. Try again.', { retryAfterSeconds: 1 }));
          }, maxWaitMs);
          line.push(request);
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

/** Whose messages wait together. */
function callerOf(actor: Actor): string {
  if (actor.kind === 'visitor') return `visitor ${actor.clientId}`;
  return actor.kind === 'operator' ? `operator ${actor.userId}` : 'nobody';
}
