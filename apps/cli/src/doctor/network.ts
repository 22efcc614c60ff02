import { codeOf } from '../../bin/complaint.mjs';
import { oneLine } from './check.ts';
import { fail, type Outcome } from './outcome.ts';

/** What the network checks ask with; tests lead it elsewhere. */
export type Fetch = typeof fetch;

/** How to ask. */
export interface Asking {
  readonly fetch: Fetch;
  readonly signal: AbortSignal;
}

const REFUSED = 'Start what should listen there, or correct the address.';
const SILENT =
  'A firewall drops it, or what listens there is frozen. (A machine can often not reach itself by its public address: then try from another one.)';
const CERTIFICATE = 'Give the server a certificate for this name from an authority that browsers know, with all intermediate ones.';

/** Codes of failed connections: what is wrong, in words, and what to do. */
const EXPLANATIONS: Readonly<Record<string, readonly [problem: string, advice: string]>> = {
  ECONNREFUSED: ['nothing listens there (connection refused)', REFUSED],
  ENOTFOUND: ['that name is not known', 'Correct the address, or the DNS entry.'],
  EAI_AGAIN: ["that name can't be looked up at this moment", 'See that this machine reaches its DNS server.'],
  ECONNRESET: ['the connection was broken off', 'Look into the log of what listens there.'],
  UND_ERR_SOCKET: ['the connection was broken off', 'Look into the log of what listens there.'],
  EHOSTUNREACH: ["that machine can't be reached", SILENT],
  ENETUNREACH: ["that network can't be reached", SILENT],
  ETIMEDOUT: ['no answer to the attempt to connect', SILENT],
  UND_ERR_CONNECT_TIMEOUT: ['no answer to the attempt to connect', SILENT],
  CERT_HAS_EXPIRED: ['the TLS certificate has run out', 'Renew it, and see why it was not renewed by itself.'],
  ERR_TLS_CERT_ALTNAME_INVALID: ['the TLS certificate is for another name', CERTIFICATE],
  DEPTH_ZERO_SELF_SIGNED_CERT: ['the TLS certificate is signed by itself, and browsers refuse it', CERTIFICATE],
  SELF_SIGNED_CERT_IN_CHAIN: ['the TLS certificate comes from an authority that is not known here', CERTIFICATE],
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: ['the TLS certificate lacks the intermediate ones', CERTIFICATE],
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: ['the TLS certificate comes from an authority that is not known here', CERTIFICATE],
  EPROTO: ['what listens there does not speak TLS', 'Use http:// in the address, or have the proxy speak TLS on that port.'],
  ERR_SSL_WRONG_VERSION_NUMBER: [
    'what listens there does not speak TLS',
    'Use http:// in the address, or have the proxy speak TLS on that port.',
  ],
};

/** All codes that an error and its causes carry, the outermost first. */
function codesOf(error: unknown): string[] {
  const codes: string[] = [];
  for (let current = error; current instanceof Error && codes.length < 8; current = current.cause) {
    const code = codeOf(current);
    if (code !== undefined) codes.push(code);
    if (current instanceof AggregateError) codes.push(...current.errors.flatMap((inner: unknown) => codeOf(inner) ?? []));
  }
  return codes;
}

/** A failed connection to `place` as an outcome: what is wrong in words, and what to do. */
export function explainNetworkError(error: unknown, place: string, adviceWhenRefused = REFUSED): Outcome {
  const codes = codesOf(error);
  const code = codes.find((known) => Object.hasOwn(EXPLANATIONS, known));
  const [problem, advice] = EXPLANATIONS[code ?? ''] ?? [
    `it can't be reached (${innermost(error)})`,
    'Correct the address, or what listens there.',
  ];
  return fail(`${place}: ${problem}`, code === 'ECONNREFUSED' ? adviceWhenRefused : advice);
}

function innermost(error: unknown): string {
  let current = error;
  while (current instanceof Error && current.cause instanceof Error) current = current.cause;
  return oneLine(current);
}

const GATEWAY = new Set([502, 503, 504]);

/** An answer that only a proxy gives whose server is away. */
export function isGatewayError(status: number): boolean {
  return GATEWAY.has(status);
}

/** The body as JSON, undefined when it is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON: whoever asks decides what that means.
    return undefined;
  }
}
