import type { HintRequest } from '@switchboard/protocol';
import { postHints, reasonOf, type RelayAnswer } from '@switchboard/relay-client';
import type { Tokens } from '@switchboard/tokens';

/** Posts hints and revocations to the relay, and remembers whether it takes them. */
export interface RelayRequests {
  /** Sends `MAX_HINTS` hints at most. Never rejects; takes 2 s at most. */
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

interface RelayRequestsOptions {
  /** Without a slash at its end. */
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
