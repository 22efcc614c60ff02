import { isWebOrigin } from '@switchboard/protocol/origin';
import { z } from 'zod';

import { byteLength } from './config-error.ts';
import { isHost } from './hosts.ts';

const MIN_SECRET_BYTES = 32;
/** A random text of 32 bytes has more than this many different characters; a repeated word has fewer. */
const MIN_SECRET_VARIETY = 10;

/** The description of a valid secret, for errors. */
export const SECRET_EXPECTED = `a random text of at least ${MIN_SECRET_BYTES} bytes, for example what "openssl rand -base64 32" prints`;

/** A whole number between two bounds. `expected` describes it in errors. */
export function whole(min: number, max: number, expected: string) {
  return z
    .string()
    .regex(/^\d{1,12}$/, expected)
    .transform(Number)
    .refine((value) => value >= min && value <= max, expected);
}

/** Ports of other protocols, to which browsers and `fetch` refuse to connect (https://fetch.spec.whatwg.org/#port-blocking). */
const BLOCKED_PORTS = new Set([
  1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104, 109, 110, 111, 113, 115, 117,
  119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514, 515, 526, 530, 531, 532, 540, 548, 554, 556, 563, 587, 601, 636,
  989, 990, 993, 995, 1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080,
]);

export const port = whole(1, 65_535, 'a port number, 1 to 65535').refine(
  (value) => !BLOCKED_PORTS.has(value),
  'a port that browsers connect to (they refuse this one, which belongs to another protocol)',
);

/** An address to listen on, without the brackets that IPv6 addresses have in URLs. */
export const host = z
  .string()
  .refine(isHost, 'an address of this machine such as 127.0.0.1 or ::1')
  .transform((value) => value.replace(/^\[(.*)\]$/, '$1'));

export const flag = z.enum(['true', 'false'], 'true or false').transform((value) => value === 'true');

export const secret = z
  .string()
  .refine((value) => byteLength(value) >= MIN_SECRET_BYTES && new Set(value).size >= MIN_SECRET_VARIETY, SECRET_EXPECTED);

/** Exact origins, the canonical one first. */
export const origins = z
  .string()
  .transform((value) => value.split(',').map((entry) => entry.trim()))
  .refine(
    (list): list is [string, ...string[]] => list.length > 0 && list.every(isWebOrigin),
    'origins such as https://chat.example, without a path or a trailing slash, separated by commas',
  );

/** Origins that are all `http:` or all `https:`. Cookies are either for TLS or not, so with both, signing in would fail on some. */
export const originsOfOneScheme = origins.refine(
  (list) => new Set(list.map((origin) => origin.split(':')[0])).size === 1,
  'origins that are all http: or all https:, not both: signing in works with one of them only',
);

const TRANSPORTS_EXPECTED = 'websocket, polling, or both separated by a comma';

/** The transports of sockets. */
export const transports = z
  .string()
  .transform((value) => value.split(',').map((entry) => entry.trim()))
  .pipe(
    z
      .array(z.enum(['websocket', 'polling'], TRANSPORTS_EXPECTED))
      .refine((list) => list.length > 0 && new Set(list).size === list.length, TRANSPORTS_EXPECTED),
  );

/** A URL, without trailing slashes. */
export const httpUrl = z
  .string()
  .refine((value) => URL.canParse(value) && /^https?:\/\//.test(value), 'an address such as https://relay.example')
  .transform((value) => value.replace(/\/+$/, ''));

/** A URL of another protocol; `expected` describes it in errors. */
export function url(protocols: RegExp, expected: string) {
  return z.string().refine((value) => URL.canParse(value) && protocols.test(value), expected);
}

/** The URL of a PostgreSQL database. Instead of a host it may name the folder of a socket: `postgresql://user@/db?host=/run/postgresql`. */
export const databaseUrl = z
  .string()
  .refine(
    (value) => /^postgres(ql)?:\/\//.test(value) && URL.canParse(value.replace(/^(\w+:\/\/(?:[^@/?#]*@)?)(?=[/?#]|$)/, '$1localhost')),
    'an address such as postgresql://user:password@host:5432/switchboard',
  );

export const path = z.string().regex(/^\/[\w./-]*$/, 'a path such as /chat');
