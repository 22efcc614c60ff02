import { setTimeout as delay } from 'node:timers/promises';

import type { HintRequest, Receipts } from '@switchboard/protocol';
import type { Logger, Metrics } from '@switchboard/telemetry';
import type { Tokens } from '@switchboard/tokens';

/** `address`: where a visitor is on the relay, for one that came without a token. */
interface Person {
  readonly role: 'operator' | 'client';
  readonly id: number;
  readonly address?: string | null;
}

type PeerHint = Exclude<HintRequest, { event: 'revoked' }>;

/** Tells the relay what the database has news of. A hint that is lost costs a few seconds, never a message: who misses it sees the news at its next check. */
export interface RelayHints {
  /** Returns at once; the hint goes out with others, and an older one about the same thing is dropped in favour of it. */
  send(hint: PeerHint): void;
  /**
   * Ends a person's connections to the relay, and has tokens from before now refused there. Returns at once. Unlike a hint it is tried again, for some
   * seconds: nothing makes up for it but the end of the token.
   */
  revoke(person: Person): void;
  /** Resolves when nothing is on its way any more. */
  settled(): Promise<void>;
}

export interface RelayHintsOptions {
  readonly relayUrl: string;
  readonly tokens: Pick<Tokens, 'mintRelayToken'>;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly fetch?: typeof fetch;
}

const TIMEOUT_MS = 2_000;
/** The relay takes so many in one request. */
const BATCH = 100;
const MAX_WAITING = 2_000;
const COMPLAIN_EVERY_MS = 60_000;
/** Pauses before each attempt to tell of a revocation. Milliseconds. */
const RETRY_AFTER_MS = [0, 200, 400, 800, 1_600, 3_200, 6_400];

/** Hints go to `POST <relayUrl>/hints`, one request at a time. */
export function createRelayHints({ relayUrl, tokens, log, metrics, fetch = globalThis.fetch }: RelayHintsOptions): RelayHints {
  const waiting = new Map<string, PeerHint>();
  const revoking = new Set<Promise<void>>();
  const sent = metrics.counter('relay_hints_sent_total', 'Hints that the relay took');
  const dropped = metrics.counter('relay_hints_dropped_total', 'Hints that the relay did not get');
  let running: Promise<void> | undefined;
  let complainedAt = Number.NEGATIVE_INFINITY;
  let unreported = 0;

  function drop(count: number, reason: string): void {
    dropped.add(count);
    unreported += count;
    if (performance.now() - complainedAt < COMPLAIN_EVERY_MS) return;
    complainedAt = performance.now();
    log.warn({ dropped: unreported, reason }, 'the relay does not take hints; browsers find the news at their next check');
    unreported = 0;
  }

  /** Why the relay did not take it; undefined when it did. */
  async function post(batch: readonly HintRequest[]): Promise<string | undefined> {
    try {
      const { token } = await tokens.mintRelayToken({ role: 'service', id: 0, name: 'web' });
      const response = await fetch(`${relayUrl}/hints`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
        body: JSON.stringify(batch),
        signal: AbortSignal.timeout(TIMEOUT_MS),
        redirect: 'error',
      });
      await response.body?.cancel();
      return response.ok ? undefined : `status ${response.status}`;
    } catch (error) {
      return reasonOf(error);
    }
  }

  async function tellRevoked(revocation: Extract<HintRequest, { event: 'revoked' }>): Promise<void> {
    let reason: string | undefined;
    for (const wait of RETRY_AFTER_MS) {
      await delay(wait);
      reason = await post([revocation]);
      if (reason === undefined) return;
    }
    const { role, id } = revocation;
    log.error(
      { role, id, reason },
      'the relay could not be told of a revocation: connections of this person go on until they end by themselves',
    );
  }

  async function run(): Promise<void> {
    // One turn of the event loop: the hints of requests that were committed together go together.
    await new Promise((resolve) => setImmediate(resolve));
    while (waiting.size > 0) {
      const batch = [...waiting].slice(0, BATCH);
      for (const [key] of batch) waiting.delete(key);
      const reason = await post(batch.map(([, hint]) => hint));
      if (reason === undefined) sent.add(batch.length);
      else drop(batch.length, reason);
    }
    running = undefined;
  }

  return {
    send(hint) {
      const key = keyOf(hint);
      // Deleted first, so that a busy conversation does not keep its place at the head of the queue.
      waiting.delete(key);
      if (waiting.size >= MAX_WAITING) return drop(1, 'too many are waiting');
      waiting.set(key, hint);
      running ??= run();
    },
    revoke(person) {
      const telling = tellRevoked({ event: 'revoked', ...person, at: Math.floor(Date.now() / 1_000) }).finally(() =>
        revoking.delete(telling),
      );
      revoking.add(telling);
    },
    async settled() {
      await Promise.all([running, ...revoking]);
    },
  };
}

/** Hints of the same key say the same thing, the later one better. */
function keyOf(hint: PeerHint): string {
  if (hint.event === 'messagesSeen') return `seen ${hint.by} ${hint.clientId}`;
  return `${hint.visitorChanged === true ? 'visitor' : 'messages'} ${hint.clientId}`;
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}

/** "One side has received and seen this much of the other's messages." */
export function seenHint(address: string, by: 'client' | 'operator', receipts: Receipts): PeerHint {
  return by === 'client'
    ? { event: 'messagesSeen', clientId: address, by, deliveredSeq: receipts.clientDeliveredSeq, readSeq: receipts.clientReadSeq }
    : { event: 'messagesSeen', clientId: address, by, deliveredSeq: receipts.operatorDeliveredSeq, readSeq: receipts.operatorReadSeq };
}
