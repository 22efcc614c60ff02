import { DatabaseUrlError } from './database-url-error.ts';
import { parseDatabaseUrl } from './database-url.ts';
import { SessionError } from './session-client.ts';

/** Why connecting to a database failed. */
export interface Failure {
  /** A clause that names the host, and the parameter of the URL where one matters. */
  readonly reason: string;
  /** Whether there was no answer at all: a starting server refuses connections, an unreachable one is silent. */
  readonly silent: boolean;
  /** Whether nothing listens there. */
  readonly refused: boolean;
}

const NETWORK: Readonly<Record<string, (place: string) => string>> = {
  ECONNREFUSED: (place) => `nothing listens at ${place} (ECONNREFUSED)`,
  ENOENT: (place) => `there is no socket of PostgreSQL in ${place}`,
  ENOTFOUND: (place) => `the host name in ${place} is unknown`,
  EAI_AGAIN: (place) => `the host name in ${place} can't be resolved at the moment`,
  EHOSTUNREACH: (place) => `${place} can't be reached`,
  ENETUNREACH: (place) => `the network of ${place} can't be reached`,
  ETIMEDOUT: (place) => `no answer from ${place}`,
};
const SILENCE = /^(?:timeout expired|timeout exceeded when trying to connect|Connection terminated due to connection timeout)/;
const CERTIFICATE = new Set([
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

const failure = (reason: string, { silent = false, refused = false } = {}): Failure => ({ reason, silent, refused });

/** Explains why connecting to the database at `url` failed; undefined when the error is not a connection failure. */
export function explainConnectionFailure(error: unknown, url: string): Failure | undefined {
  const inner: unknown = error instanceof AggregateError ? error.errors[0] : error;
  if (!(inner instanceof Error)) return undefined;
  if (inner instanceof DatabaseUrlError || inner instanceof SessionError) return failure(inner.message.replace(/\.$/, ''));
  const { place } = parseDatabaseUrl(url);
  const code = 'code' in inner && typeof inner.code === 'string' ? inner.code : '';
  if (SILENCE.test(inner.message)) return failure(`no answer from ${place}`, { silent: true });
  if (NETWORK[code] !== undefined) return failure(NETWORK[code](place), { silent: code === 'ETIMEDOUT', refused: code === 'ECONNREFUSED' });
  const mode = new URLSearchParams(url.split('?', 2)[1]).get('sslmode') ?? 'require';
  if (CERTIFICATE.has(code))
    return failure(
      `the certificate of ${place} can't be trusted (${inner.message}), and sslmode=${mode} verifies it: set sslrootcert to the file of its CA, or use sslmode=no-verify to encrypt without verification`,
    );
  if (inner.message.includes('does not support SSL'))
    return failure(`${place} does not support TLS, and sslmode=${mode} requires it: enable it there, or use sslmode=disable`);
  if (code === '28000' && /no encryption|SSL off/i.test(inner.message))
    return failure(`${place} accepts this user only with TLS (${inner.message}): add sslmode=require`);
  return undefined;
}
