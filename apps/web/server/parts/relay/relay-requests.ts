import type { HintRequest } from '@switchboard/protocol';
import { postHints, reasonOf, type RelayAnswer } from '@switchboard/relay-client';
import type { Tokens } from '@switchboard/tokens';

/** Posts hints and revocations to the relay, and records whether it takes them. */
export interface RelayRequests {
  /** Sends at most `MAX_HINTS` hints. Never rejects; takes at most 2 s. */
  post(batch: readonly HintRequest[]): Promise<RelayAnswer>;
  /** Calls `listener` with every answer, before `post` resolves with it. */
  onAnswer(listener: (answer: RelayAnswer) => void): void;
  /** Since when requests have failed, and why the last one did; undefined while the relay takes them. */
  trouble(): RelayTrouble | undefined;
}

export interface RelayTrouble {
  readonly since: Date;
  /** The last attempt. Without hints to send there are none. */
  readonly lastTried: Date;
  /** A short description. */
  readonly reason: string;
}

interface RelayRequestsOptions {
  /** Without a trailing slash. */
  readonly relayUrl: string;
  readonly tokens: Pick<Tokens, 'mintRelayToken'>;
}

export function createRelayRequests({ relayUrl, tokens }: RelayRequestsOptions): RelayRequests {
  const listeners: ((answer: RelayAnswer) => void)[] = [];
  let trouble: RelayTrouble | undefined;

  return {
    async post(batch) {
      const answer = await postHints({ relayUrl, tokens, name: 'web' }, batch);
      const now = new Date();
      trouble = answer.outcome === 'taken' ? undefined : { since: trouble?.since ?? now, lastTried: now, reason: reasonOf(answer) };
      for (const listener of listeners) listener(answer);
      return answer;
    },
    onAnswer: (listener) => void listeners.push(listener),
    trouble: () => trouble,
  };
}
