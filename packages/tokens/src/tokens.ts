import { relayClaims, type RelayClaims } from '@switchboard/protocol';
import { jwtVerify, SignJWT } from 'jose';
import { z } from 'zod';

/** A token that is forged, expired, for something else, or not a token at all. It never says which: that would help only whoever is trying. */
export class InvalidTokenError extends Error {
  override readonly name = 'InvalidTokenError';
  constructor(cause?: unknown) {
    super('Invalid token', { cause });
  }
}

export interface MintedToken {
  readonly token: string;
  /** ISO-8601. */
  readonly expiresAt: string;
}

/** What a resume token lets a visitor back into, and until when (seconds since 1970). */
const resumeClaims = z.object({ clientId: z.int().positive(), sessionId: z.uuid(), until: z.int().positive().optional() });
export type ResumeClaims = z.infer<typeof resumeClaims>;

/** Mints and verifies. Every verifying function rejects with `InvalidTokenError` and nothing else. */
export interface Tokens {
  /**
   * A relay token: 10 minutes for operators, 24 hours for visitors, 1 minute for services. A visitor's is their Bearer token on the HTTP API too, and carries
   * `until`, by default 90 days from now: it never lives longer, and a renewal hands it on.
   *
   * @throws InvalidTokenError when `until` is over
   */
  mintRelayToken(claims: RelayClaims): Promise<MintedToken>;
  /** `issuedAt` and `expiresAt`: seconds since 1970. A token is accepted for `CLOCK_TOLERANCE_S` beyond `expiresAt`. */
  verifyRelayToken(token: string): Promise<RelayClaims & { readonly issuedAt: number; readonly expiresAt: number }>;
  /**
   * Opens nothing but its own conversation again, until `until`, by default 90 days from now: so that an answer given on Monday finds a visitor of Friday.
   *
   * @throws InvalidTokenError when `until` is over
   */
  mintResumeToken(claims: ResumeClaims): Promise<MintedToken>;
  verifyResumeToken(token: string): Promise<ResumeClaims>;
}

/** A token without a time counts as issued at the beginning of time. */
const issuedClaims = z
  .intersection(relayClaims, z.object({ iat: z.number().default(0), exp: z.number() }))
  .transform(({ iat, exp, ...claims }) => ({ ...claims, issuedAt: iat, expiresAt: exp }));

const ALGORITHM = 'HS256';
/** Seconds by which the clocks of two servers may differ. */
export const CLOCK_TOLERANCE_S = 60;
const LIFETIME_S = { operator: 10 * 60, client: 24 * 60 * 60, service: 60 } as const;
/** From the first token of a conversation on, whatever is renewed or resumed. */
const VISITOR_LIFETIME_S = 90 * 24 * 60 * 60;
export const MIN_SECRET_BYTES = 32;
/** Relay tokens whose claims are kept once they are verified: a browser shows the same one with every request. */
const MAX_VERIFIED = 5_000;

/**
 * Tokens signed with `secrets[0]`; any of `secrets` verifies, so that a secret can be changed without signing everybody out.
 *
 * @param now milliseconds since 1970; tests set it
 * @throws RangeError for a secret under 32 bytes
 */
export function createTokens(secrets: readonly [string, ...string[]], now: () => number = Date.now): Tokens {
  const keys = secrets.map((secret) => {
    const key = new TextEncoder().encode(secret);
    if (key.length < MIN_SECRET_BYTES)
      throw new RangeError(`A token secret needs at least ${MIN_SECRET_BYTES} bytes; this one has ${key.length}.`);
    return key;
  });

  /** With the absolute end, which begins to count with a conversation's first token. */
  function withEnd<C extends { readonly until?: number | undefined }>(claims: C): C & { readonly until: number } {
    return { ...claims, until: claims.until ?? Math.floor(now() / 1000) + VISITOR_LIFETIME_S };
  }

  async function mint(claims: Record<string, unknown>, audience: string, lifetimeSeconds: number): Promise<MintedToken> {
    const issuedAt = Math.floor(now() / 1000);
    const expiresAt = Math.min(issuedAt + lifetimeSeconds, typeof claims['until'] === 'number' ? claims['until'] : Infinity);
    if (expiresAt <= issuedAt) throw new InvalidTokenError();
    const token = await new SignJWT(claims)
      .setProtectedHeader({ alg: ALGORITHM })
      .setAudience(audience)
      .setIssuedAt(issuedAt)
      .setExpirationTime(expiresAt)
      .sign(keys[0] as Uint8Array);
    return { token, expiresAt: new Date(expiresAt * 1000).toISOString() };
  }

  async function verify<T extends z.ZodType>(token: string, audience: string, schema: T): Promise<z.output<T>> {
    let last: unknown;
    for (const key of keys) {
      try {
        const { payload } = await jwtVerify(token, key, {
          algorithms: [ALGORITHM],
          audience,
          clockTolerance: CLOCK_TOLERANCE_S,
          requiredClaims: ['exp'],
          currentDate: new Date(now()),
        });
        return schema.parse(payload);
      } catch (error) {
        last = error;
      }
    }
    throw new InvalidTokenError(last);
  }

  /** The oldest first. */
  const verified = new Map<string, z.output<typeof issuedClaims>>();

  async function verifyRelayToken(token: string): Promise<z.output<typeof issuedClaims>> {
    const known = verified.get(token);
    // Nothing about a token changes but that it ends.
    if (known !== undefined && Math.floor(now() / 1000) < known.expiresAt + CLOCK_TOLERANCE_S) return known;
    verified.delete(token);
    const claims = await verify(token, 'relay', issuedClaims);
    verified.set(token, claims);
    const [oldest] = verified.keys();
    if (verified.size > MAX_VERIFIED && oldest !== undefined) verified.delete(oldest);
    return claims;
  }

  return {
    mintRelayToken: async (claims) => await mint(claims.role === 'client' ? withEnd(claims) : claims, 'relay', LIFETIME_S[claims.role]),
    verifyRelayToken,
    mintResumeToken: async (claims) => await mint(withEnd(claims), 'resume', VISITOR_LIFETIME_S),
    verifyResumeToken: async (token) => await verify(token, 'resume', resumeClaims),
  };
}
