import { DatabaseUrlError } from './database-url-error.ts';
import { parseDatabaseUrl } from './database-url.ts';
import { SessionError } from './session-client.ts';

/** Why a database could not be connected to. */
export interface Failure {
  /** In a part of a sentence that names the place, and the parameter of the URL where one decides. */
  readonly reason: string;
  /** Nobody answered at all: what is starting refuses, what is out of reach is silent. */
  readonly silent: boolean;
  /** Nothing listens there. */
  readonly refused: boolean;
}

const NETWORK: Readonly<Record<string, (place: string) => string>> = {
  ECONNREFUSED: (place) => `nothing listens at ${place} (ECONNREFUSED)`,
  ENOENT: (place) => `there is no socket of PostgreSQL in ${place}`,
  ENOTFOUND: (place) => `the name in ${place} is not known`,
  EAI_AGAIN: (place) => `the name in ${place} can't be looked up at this moment`,
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

const told = (reason: string, { silent = false, refused = false } = {}): Failure => ({ reason, silent, refused });

/** Says in words why connecting to the database at `url` failed; undefined when it is not the connection that failed. */
export function explainConnectionFailure(error: unknown, url: string): Failure | undefined {
  const inner: unknown = error instanceof AggregateError ? error.errors[0] : error;
  if (!(inner instanceof Error)) return undefined;
  if (inner instanceof DatabaseUrlError || inner instanceof SessionError) return told(inner.message.replace(/\.$/, ''));
  const { place } = parseDatabaseUrl(url);
  const code = 'code' in inner && typeof inner.code === 'string' ? inner.code : '';
  if (SILENCE.test(inner.message)) return told(`no answer from ${place}`, { silent: true });
  if (NETWORK[code] !== undefined) return told(NETWORK[code](place), { silent: code === 'ETIMEDOUT', refused: code === 'ECONNREFUSED' });
  const mode = new URLSearchParams(url.split('?', 2)[1]).get('sslmode') ?? 'require';
  if (CERTIFICATE.has(code))
    return told(
      `the certificate of ${place} can't be trusted (${inner.message}), and sslmode=${mode} checks it: name the file of its authority in sslrootcert, or write sslmode=no-verify to encrypt without a check`,
    );
  if (inner.message.includes('does not support SSL'))
    return told(`${place} has no TLS, and sslmode=${mode} asks for it: turn it on there, or write sslmode=disable`);
  if (code === '28000' && /no encryption|SSL off/i.test(inner.message))
    return told(`${place} lets this user in with TLS only (${inner.message}): add sslmode=require`);
  return undefined;
}
