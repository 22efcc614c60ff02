import type { HintRequest } from '@switchboard/protocol';

/** Whose tokens are revoked. */
export interface Person {
  readonly role: 'operator' | 'client';
  /** The id of the operator's or the visitor's row. */
  readonly id: number;
  /** Of a visitor: their address on the relay, null when it is not known. A visitor without a token is found by nothing else. */
  readonly address?: string | null | undefined;
}

/** The hint that has a relay end a person's connections and refuse their tokens from before `at`. */
export function revokedHint({ role, id, address }: Person, at: Date): HintRequest {
  return { event: 'revoked', role, id, at: Math.floor(at.getTime() / 1_000), ...(address == null ? {} : { address }) };
}
