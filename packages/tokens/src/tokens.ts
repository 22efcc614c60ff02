import { relayClaims, type RelayClaims } from '@switchboard/protocol';
import { jwtVerify, SignJWT } from 'jose';
import { z } from 'zod';

/** A token that is forged, expired, for another audience, or not a token at all. The error never says which: that would only help an attacker. */
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

/** The conversation that a resume token reopens, and the absolute expiry (seconds since 1970). */
const resumeClaims = z.object({ clientId: z.int().positive(), sessionId: z.uuid(), until: z.int().positive().optional() });
export type ResumeClaims = z.infer<typeof resumeClaims>;

/** Mints and verifies. Every verifying function rejects with `InvalidTokenError` and nothing else. */
export interface Tokens {
  /**
   * A relay token, valid for 10 minutes for operators, 24 hours for visitors and 1 minute for services. A visitor's relay token is also their Bearer token on
   * the HTTP API. It carries `until` (90 days from now by default), the absolute expiry, which renewals carry over.
   *
   * @throws InvalidTokenError when `until` has passed
   */
  mintRelayToken(claims: RelayClaims): Promise<MintedToken>;
  /** `issuedAt` and `expiresAt`: seconds since 1970. A token is accepted for `CLOCK_TOLERANCE_S` beyond `expiresAt`. */
  verifyRelayToken(token: string): Promise<RelayClaims & { readonly issuedAt: number; readonly expiresAt: number }>;
  /**
   * A token that only reopens its own conversation, valid until `until` (90 days from now by default): a visitor from Friday still finds Monday's answer.
   *
   * @throws InvalidTokenError when `until` has passed
   */
  mintResumeToken(claims: ResumeClaims): Promise<MintedToken>;
  verifyResumeToken(token: string): Promise<ResumeClaims>;
}

/** A token without `iat` counts as issued in 1970. */
const issuedClaims = z
  .intersection(relayClaims, z.object({ iat: z.number().default(0), exp: z.number() }))
  .transform(({ iat, exp, ...claims }) => ({ ...claims, issuedAt: iat, expiresAt: exp }));

const ALGORITHM = 'HS256';
/** Seconds by which the clocks of two servers may differ. */
export const CLOCK_TOLERANCE_S = 60;
const LIFETIME_S = { operator: 10 * 60, client: 24 * 60 * 60, service: 60 } as const;
/** Counted from a conversation's first token, whatever is renewed or resumed. */
const VISITOR_LIFETIME_S = 90 * 24 * 60 * 60;
export const MIN_SECRET_BYTES = 32;
/** Size of the cache of verified relay tokens: a browser sends the same one with every request. */
const MAX_VERIFIED = 5_000;

/**
 * Tokens are signed with `secrets[0]` and verified with any of `secrets`, so that a secret can be rotated without signing everybody out.
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

  /** Adds the absolute expiry, which counts from a conversation's first token. */
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

  /** Oldest first. */
  const verified = new Map<string, z.output<typeof issuedClaims>>();

  async function verifyRelayToken(token: string): Promise<z.output<typeof issuedClaims>> {
    const known = verified.get(token);
    // A verified token stays valid until it expires.
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
