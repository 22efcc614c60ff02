import type { HintRequest } from '@switchboard/protocol';

/** The person whose tokens are revoked. */
export interface Person {
  readonly role: 'operator' | 'client';
  /** The id of the operator's or the visitor's row. */
  readonly id: number;
  /** A visitor's address on the relay, null when it is not known. The relay can find a visitor without a token only by it. */
  readonly address?: string | null | undefined;
}

/** The hint that makes a relay close a person's connections and refuse their tokens issued before `at`. */
export function revokedHint({ role, id, address }: Person, at: Date): HintRequest {
  return { event: 'revoked', role, id, at: Math.floor(at.getTime() / 1_000), ...(address == null ? {} : { address }) };
}
