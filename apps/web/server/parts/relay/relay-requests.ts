import type { HintRequest } from '@switchboard/protocol';
import type { Tokens } from '@switchboard/tokens';
import { z } from 'zod';

/** What became of one request: taken, by which process of the relay (undefined for one that does not say), or why not. */
export type RelayAnswer = { readonly ok: true; readonly node: string | undefined } | { readonly ok: false; readonly reason: string };

/** Posts to the relay's `/hints` as a service. */
export interface RelayRequests {
  /** Sends 100 hints at most. Never rejects; takes 2 s at most. */
  post(batch: readonly HintRequest[]): Promise<RelayAnswer>;
  /** Calls `listener` with every answer, before `post` resolves with it. */
  onAnswer(listener: (answer: RelayAnswer) => void): void;
  /** Since when the relay has taken nothing, and why the last request failed; undefined while it takes what it is sent. */
  trouble(): RelayTrouble | undefined;
}

export interface RelayTrouble {
  readonly since: Date;
  /** When it was tried last: without news there is no reason to try. */
  readonly lastTried: Date;
  /** In a few words. */
  readonly reason: string;
}

export interface RelayRequestsOptions {
  /** Without a slash at its end. */
  readonly relayUrl: string;
  readonly tokens: Pick<Tokens, 'mintRelayToken'>;
  readonly clock?: () => Date;
  readonly fetch?: typeof fetch;
}

const TIMEOUT_MS = 2_000;
const answerBody = z.object({ node: z.string().min(1).max(200).optional() });

export function createRelayRequests(options: RelayRequestsOptions): RelayRequests {
  const { relayUrl, tokens, clock = () => new Date(), fetch = globalThis.fetch } = options;
  const listeners: ((answer: RelayAnswer) => void)[] = [];
  let trouble: RelayTrouble | undefined;

  async function ask(batch: readonly HintRequest[]): Promise<RelayAnswer> {
    try {
      const { token } = await tokens.mintRelayToken({ role: 'service', id: 0, name: 'web' });
      const response = await fetch(`${relayUrl}/hints`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
        body: JSON.stringify(batch),
        signal: AbortSignal.timeout(TIMEOUT_MS),
        redirect: 'error',
      });
      if (response.ok) return { ok: true, node: nodeOf(await response.text()) };
      await response.body?.cancel();
      return { ok: false, reason: `status ${response.status}` };
    } catch (error) {
      return { ok: false, reason: reasonOf(error) };
    }
  }

  return {
    async post(batch) {
      const answer = await ask(batch);
      trouble = answer.ok ? undefined : { since: trouble?.since ?? clock(), lastTried: clock(), reason: answer.reason };
      for (const listener of listeners) listener(answer);
      return answer;
    },
    onAnswer: (listener) => void listeners.push(listener),
    trouble: () => trouble,
  };
}

/** A relay of an older version does not say which process it is. */
function nodeOf(body: string): string | undefined {
  try {
    return answerBody.safeParse(JSON.parse(body)).data?.node;
  } catch {
    return undefined;
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}
