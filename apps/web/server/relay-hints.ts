import type { HintRequest, Receipts } from '@switchboard/protocol';
import type { Logger, Metrics } from '@switchboard/telemetry';
import type { Tokens } from '@switchboard/tokens';

/** Tells the relay what the database has news of. A hint that is lost costs a few seconds, never a message: who misses it sees the news at its next check. */
export interface RelayHints {
  /** Returns at once; the hint goes out with others, and an older one about the same thing is dropped in favour of it. */
  send(hint: HintRequest): void;
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

/** Hints go to `POST <relayUrl>/hints`, one request at a time. */
export function createRelayHints({ relayUrl, tokens, log, metrics, fetch = globalThis.fetch }: RelayHintsOptions): RelayHints {
  const waiting = new Map<string, HintRequest>();
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

  async function post(batch: readonly HintRequest[]): Promise<void> {
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
      if (response.ok) sent.add(batch.length);
      else drop(batch.length, `status ${response.status}`);
    } catch (error) {
      drop(batch.length, reasonOf(error));
    }
  }

  async function run(): Promise<void> {
    // One turn of the event loop: the hints of requests that were committed together go together.
    await new Promise((resolve) => setImmediate(resolve));
    while (waiting.size > 0) {
      const batch = [...waiting].slice(0, BATCH);
      for (const [key] of batch) waiting.delete(key);
      await post(batch.map(([, hint]) => hint));
    }
    running = undefined;
  }

  return {
    send(hint) {
      const key = hint.event === 'messagesSeen' ? `seen ${hint.by} ${hint.clientId}` : `changed ${hint.clientId}`;
      // Deleted first, so that a busy conversation does not keep its place at the head of the queue.
      waiting.delete(key);
      if (waiting.size >= MAX_WAITING) return drop(1, 'too many are waiting');
      waiting.set(key, hint);
      running ??= run();
    },
    async settled() {
      await running;
    },
  };
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}

/** "One side has received and seen this much of the other's messages." */
export function seenHint(address: string, by: 'client' | 'operator', receipts: Receipts): HintRequest {
  return by === 'client'
    ? { event: 'messagesSeen', clientId: address, by, deliveredSeq: receipts.clientDeliveredSeq, readSeq: receipts.clientReadSeq }
    : { event: 'messagesSeen', clientId: address, by, deliveredSeq: receipts.operatorDeliveredSeq, readSeq: receipts.operatorReadSeq };
}
