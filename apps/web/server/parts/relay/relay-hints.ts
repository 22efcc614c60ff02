import type { HintRequest } from '@switchboard/protocol';
import { MAX_HINTS, reasonOf } from '@switchboard/relay-client';
import type { Logger, Metrics } from '@switchboard/telemetry';

import type { RelayRequests } from './relay-requests.ts';

export type PeerHint = Exclude<HintRequest, { event: 'revoked' }>;

/** Sends hints of news in the database to the relay. A lost hint costs a few seconds, never a message: browsers find the news at their next check. */
export interface RelayHints {
  /** Returns at once; the hint is sent with others, and merged with one about the same that still waits. */
  send(hint: PeerHint): void;
  /** Resolves when no hint is queued or under way. */
  settled(): Promise<void>;
}

export interface RelayHintsOptions {
  readonly relay: Pick<RelayRequests, 'post'>;
  readonly log: Logger;
  readonly metrics: Metrics;
}

const MAX_WAITING = 2_000;
const WARN_EVERY_MS = 60_000;

/** Sends one request at a time. */
export function createRelayHints({ relay, log, metrics }: RelayHintsOptions): RelayHints {
  const waiting = new Map<string, PeerHint>();
  const sent = metrics.counter('relay_hints_sent_total', 'Hints that the relay took');
  const dropped = metrics.counter('relay_hints_dropped_total', 'Hints that the relay did not get');
  let running: Promise<void> | undefined;
  let warnedAt = Number.NEGATIVE_INFINITY;
  let unreported = 0;

  function drop(count: number, reason: string): void {
    dropped.add(count);
    unreported += count;
    if (performance.now() - warnedAt < WARN_EVERY_MS) return;
    warnedAt = performance.now();
    log.warn({ dropped: unreported, reason }, 'the relay does not take hints; browsers find the changes at their next check');
    unreported = 0;
  }

  async function run(): Promise<void> {
    // Waits for the next iteration of the event loop, so that hints of requests that were committed together are sent together.
    await new Promise((resolve) => setImmediate(resolve));
    while (waiting.size > 0) {
      const batch = [...waiting].slice(0, MAX_HINTS);
      for (const [key] of batch) waiting.delete(key);
      const answer = await relay.post(batch.map(([, hint]) => hint));
      if (answer.outcome === 'taken') sent.add(batch.length);
      else drop(batch.length, reasonOf(answer));
    }
    running = undefined;
  }

  return {
    send(hint) {
      const key = keyOf(hint);
      const before = waiting.get(key);
      // Deleted first, so that a busy conversation moves to the end of the queue.
      waiting.delete(key);
      if (waiting.size >= MAX_WAITING) return drop(1, 'too many are waiting');
      waiting.set(key, before === undefined ? hint : merged(before, hint));
      running ??= run();
    },
    async settled() {
      await running;
    },
  };
}

/** Waiting hints with the same key become one. */
function keyOf(hint: PeerHint): string {
  if (hint.event === 'chatEnded') return `ended ${hint.clientId}`;
  if (hint.event === 'messagesSeen') return `seen ${hint.by} ${hint.clientId}`;
  return `changed ${hint.clientId}`;
}

/** The later of two hints with one key, with all that both say: of two saves either may be reported first. */
function merged(before: PeerHint, hint: PeerHint): PeerHint {
  if (before.event !== 'conversationChanged' || hint.event !== 'conversationChanged') return hint;
  const { visitorChanged = before.visitorChanged, formerAudience = before.formerAudience, what = [] } = hint;
  const kinds = [...new Set([...(before.what ?? []), ...what])];
  return {
    ...hint,
    lastSeq: Math.max(before.lastSeq, hint.lastSeq),
    ...(visitorChanged === undefined ? {} : { visitorChanged }),
    ...(kinds.length === 0 ? {} : { what: kinds }),
    ...(formerAudience === undefined ? {} : { formerAudience }),
  };
}
