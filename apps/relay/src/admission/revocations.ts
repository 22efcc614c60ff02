import type { RelayClaims } from '@switchboard/protocol';

/** The longest lifetime of a token: an older one has expired. Seconds. */
const LONGEST_LIFE_S = 24 * 60 * 60 + 60;

/** No token of this person from before `at` is accepted: an operator that signed out, was blocked or has another role now; a visitor that was blocked. */
export interface Revocation {
  readonly role: 'operator' | 'client';
  readonly id: number;
  /** Seconds since 1970, by the clock of the web server, which stamps tokens too. */
  readonly at: number;
  /** A visitor's address on the relay: the only way to find a visitor without a token. */
  readonly address?: string | null | undefined;
}

const keyOf = ({ role, id }: Pick<Revocation, 'role' | 'id'>) => `${role}:${id}`;

/** The room of all sockets of a person, whether they have joined or not. */
export function roomOfPerson(person: Pick<Revocation, 'role' | 'id'>): string {
  return `person:${keyOf(person)}`;
}

/** Tokens that are not accepted any more, though they have not expired. */
export class Revocations {
  readonly #revoked = new Map<string, Revocation>();

  /** Remembers a revocation; false when the same or a later one is known. */
  add(revocation: Revocation): boolean {
    const known = this.#revoked.get(keyOf(revocation));
    if (known !== undefined && known.at >= revocation.at) return false;
    this.#revoked.set(keyOf(revocation), revocation);
    return true;
  }

  /** Whether a token with these claims is revoked. A token that was issued in the very second of the revocation is. */
  covers(claims: RelayClaims, issuedAt: number): boolean {
    if (claims.role === 'service') return false;
    const revocation = this.#revoked.get(keyOf(claims));
    return revocation !== undefined && issuedAt <= revocation.at;
  }

  all(): Revocation[] {
    return [...this.#revoked.values()];
  }

  /** Forgets revocations whose tokens have all expired. `now` in seconds since 1970. */
  sweep(now: number): void {
    for (const [key, { at }] of this.#revoked) if (at + LONGEST_LIFE_S < now) this.#revoked.delete(key);
  }
}
