import { readFileSync } from 'node:fs';
import type { ConnectionOptions } from 'node:tls';

import { DatabaseUrlError } from './database-url-error.ts';

/** Node's options for a TLS connection. */
export type TlsOptions = Pick<
  ConnectionOptions,
  'ca' | 'cert' | 'key' | 'pfx' | 'passphrase' | 'rejectUnauthorized' | 'checkServerIdentity'
>;

/** The encryption of a connection. */
export interface Tls {
  readonly config: { readonly ssl: TlsOptions | false; readonly sslnegotiation?: 'direct' };
  /** Whether to connect without TLS where the server does not support it. */
  readonly optional: boolean;
}

const MODES = ['disable', 'allow', 'prefer', 'require', 'no-verify', 'verify-ca', 'verify-full'];
const anyName = () => undefined;

/**
 * The TLS settings of `sslmode` and related parameters, with the names of libpq and of Prisma. Without a mode, or with `disable`: no TLS. `prefer`: TLS if the
 * server supports it, with any certificate. `require` and `verify-full`: the certificate is verified (libpq verifies it only with `verify-full`; here both
 * protect against a man in the middle). `no-verify`, or `sslaccept=accept_invalid_certs`: it is not verified.
 */
export function tlsOf(parameters: ReadonlyMap<string, string>, host: string): Tls {
  const mode = modeOf(parameters);
  if (mode === 'disable' || host.startsWith('/')) return { config: { ssl: false }, optional: false };
  const ssl = { ...certificates(parameters), ...checks(mode, parameters) };
  const direct = parameters.get('sslnegotiation') === 'direct' ? { sslnegotiation: 'direct' as const } : {};
  return { config: { ssl, ...direct }, optional: mode === 'prefer' || mode === 'allow' };
}

function modeOf(parameters: ReadonlyMap<string, string>): string {
  const mode = parameters.get('sslmode');
  if (mode !== undefined && !MODES.includes(mode))
    throw new DatabaseUrlError(`sslmode is "${mode}"; it must be one of ${MODES.join(', ')}`);
  const accept = parameters.get('sslaccept');
  if (accept !== undefined && accept !== 'strict' && accept !== 'accept_invalid_certs')
    throw new DatabaseUrlError(`sslaccept is "${accept}"; it must be strict or accept_invalid_certs`);
  const ssl = parameters.get('ssl');
  if (mode === undefined && (ssl === 'true' || ssl === '1')) return 'verify-full';
  const implied = ['sslrootcert', 'sslcert', 'sslkey', 'sslidentity', 'sslaccept', 'sslnegotiation'].some((name) => parameters.has(name));
  if (mode === undefined) return implied ? 'require' : 'disable';
  // node-postgres's option for libpq's meaning of `require`.
  if (mode === 'require' && parameters.get('uselibpqcompat') === 'true' && !parameters.has('sslrootcert')) return 'no-verify';
  return mode;
}

function checks(mode: string, parameters: ReadonlyMap<string, string>): TlsOptions {
  const hasRoot = rootOf(parameters) !== undefined;
  if (mode === 'verify-ca' && !hasRoot)
    throw new DatabaseUrlError('sslmode=verify-ca needs sslrootcert, the file with the certificate of the CA; or use verify-full');
  if (mode === 'verify-full') return {};
  if (parameters.get('sslaccept') === 'accept_invalid_certs' || mode === 'no-verify') return { rejectUnauthorized: false };
  if (mode === 'verify-ca' || (mode === 'require' && hasRoot)) return { checkServerIdentity: anyName };
  return mode === 'require' ? {} : { rejectUnauthorized: false };
}

/** Prisma calls the CA's certificate `sslcert`. In libpq that is the client's certificate, which always comes with a key. */
function rootOf(parameters: ReadonlyMap<string, string>): string | undefined {
  return ['sslrootcert', ...(parameters.has('sslkey') ? [] : ['sslcert'])].find(
    (name) => parameters.has(name) && parameters.get(name) !== 'system',
  );
}

function certificates(parameters: ReadonlyMap<string, string>): TlsOptions {
  const root = rootOf(parameters);
  const passphrase = parameters.get('sslpassword');
  return {
    ...(root === undefined ? {} : { ca: read(root, parameters) }),
    ...(parameters.has('sslkey') ? { key: read('sslkey', parameters), cert: read('sslcert', parameters) } : {}),
    ...(parameters.has('sslidentity') ? { pfx: read('sslidentity', parameters) } : {}),
    ...(passphrase === undefined ? {} : { passphrase }),
  };
}

function read(name: string, parameters: ReadonlyMap<string, string>): Buffer {
  const path = parameters.get(name) ?? '';
  try {
    return readFileSync(path);
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw new DatabaseUrlError(`${name} is "${path}", which can't be read (${reason})`, { cause: error });
  }
}
