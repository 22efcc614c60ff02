import type { RelayClaims } from '@switchboard/protocol';

/** The longest that a token lives: an older one has expired. Seconds. */
const LONGEST_LIFE_S = 24 * 60 * 60 + 60;

/** "No token of theirs from before this moment counts": an operator that signed out, was blocked or has another role now; a visitor that was blocked. */
export interface Revocation {
  readonly role: 'operator' | 'client';
  readonly id: number;
  /** Seconds since 1970, by the clock of the web server, which stamps tokens too. */
  readonly at: number;
  /** Of a visitor: where it is on the relay. One without a token is found by nothing else. */
  readonly address?: string | null | undefined;
}

const keyOf = ({ role, id }: Pick<Revocation, 'role' | 'id'>) => `${role}:${id}`;

/** The room of all sockets of a person, whether they have joined or not. */
export function roomOfPerson(person: Pick<Revocation, 'role' | 'id'>): string {
  return `person:${keyOf(person)}`;
}

/** Tokens that are not believed any more, though they have not run out. */
export class Revocations {
  readonly #revoked = new Map<string, Revocation>();

  /** True when it says more than what was known. */
  add(revocation: Revocation): boolean {
    const known = this.#revoked.get(keyOf(revocation));
    if (known !== undefined && known.at >= revocation.at) return false;
    this.#revoked.set(keyOf(revocation), revocation);
    return true;
  }

  /** Whether a token of these claims is not believed; one of the very second of the revocation is not either. */
  covers(claims: RelayClaims, issuedAt: number): boolean {
    if (claims.role === 'service') return false;
    const revocation = this.#revoked.get(keyOf(claims));
    return revocation !== undefined && issuedAt <= revocation.at;
  }

  all(): Revocation[] {
    return [...this.#revoked.values()];
  }

  /** Forgets what cannot matter any more. `now` in seconds since 1970. */
  sweep(now: number): void {
    for (const [key, { at }] of this.#revoked) if (at + LONGEST_LIFE_S < now) this.#revoked.delete(key);
  }
}
