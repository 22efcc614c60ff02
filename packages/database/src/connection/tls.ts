import { readFileSync } from 'node:fs';
import type { ConnectionOptions } from 'node:tls';

import { DatabaseUrlError } from './database-url-error.ts';

/** What is handed to Node for a connection with TLS. */
export type TlsOptions = Pick<
  ConnectionOptions,
  'ca' | 'cert' | 'key' | 'pfx' | 'passphrase' | 'rejectUnauthorized' | 'checkServerIdentity'
>;

/** How a connection is encrypted. */
export interface Tls {
  readonly config: { readonly ssl: TlsOptions | false; readonly sslnegotiation?: 'direct' };
  /** Without TLS where the server has none. */
  readonly optional: boolean;
}

const MODES = ['disable', 'allow', 'prefer', 'require', 'no-verify', 'verify-ca', 'verify-full'];
const anyName = () => undefined;

/**
 * TLS as `sslmode` and its companions say it, in the words of libpq and of Prisma. Nothing said, or `disable`: none. `prefer`: if the server has it,
 * whatever its certificate. `require` and `verify-full`: the certificate is checked (libpq checks it for the latter only: what is asked for is to be
 * safe from who sits in between, too). `no-verify`, or `sslaccept=accept_invalid_certs`: it is not.
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
  // What node-postgres calls libpq's own meaning.
  if (mode === 'require' && parameters.get('uselibpqcompat') === 'true' && !parameters.has('sslrootcert')) return 'no-verify';
  return mode;
}

function checks(mode: string, parameters: ReadonlyMap<string, string>): TlsOptions {
  const hasRoot = rootOf(parameters) !== undefined;
  if (mode === 'verify-ca' && !hasRoot)
    throw new DatabaseUrlError('sslmode=verify-ca needs sslrootcert, the file with the certificate of the authority; or use verify-full');
  if (mode === 'verify-full') return {};
  if (parameters.get('sslaccept') === 'accept_invalid_certs' || mode === 'no-verify') return { rejectUnauthorized: false };
  if (mode === 'verify-ca' || (mode === 'require' && hasRoot)) return { checkServerIdentity: anyName };
  return mode === 'require' ? {} : { rejectUnauthorized: false };
}

/** Prisma calls the authority's certificate `sslcert`; libpq calls the client's own so, which never comes without its key. */
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
