import { codeOf } from '../standalone/user-error.mjs';
import { oneLine } from './check.ts';
import { fail, type Outcome } from './outcome.ts';

/** The function for HTTP requests; tests replace it. */
export type Fetch = typeof fetch;

/** The options of a request. */
export interface RequestContext {
  readonly fetch: Fetch;
  readonly signal: AbortSignal;
}

/** Advice by kind of failure; it depends on the two ends of the connection. */
export interface Advice {
  /** Nothing listens there. */
  readonly refused: string;
  /** There is no answer. */
  readonly silent: string;
  /** The connection was closed without an answer. */
  readonly cut: string;
  /** The certificate is not trusted. */
  readonly certificate: string;
  /** The server does not support TLS. */
  readonly noTls: string;
}

/** For public addresses that browsers use. */
const FOR_BROWSERS: Advice = {
  refused: 'Start the server there, or correct the address.',
  silent:
    'A firewall drops the packets, or the server is frozen. (A machine often can’t reach itself by its public address: then try from another machine.)',
  cut: 'See the log of the server there.',
  certificate: 'Browsers refuse it: give the server a certificate for this name from a public CA, with all intermediate certificates.',
  noTls: 'Use http:// in the address, or enable TLS on that port of the proxy.',
};

/** Error code of a failed connection → problem and advice. */
const EXPLANATIONS: Readonly<Record<string, readonly [problem: string, advice: keyof Advice | { readonly text: string }]>> = {
  ECONNREFUSED: ['nothing listens there (connection refused)', 'refused'],
  ENOTFOUND: ['the host name is unknown', { text: 'Correct the address, or the DNS entry.' }],
  EAI_AGAIN: ["the host name can't be resolved at the moment", { text: 'Check that this machine reaches its DNS server.' }],
  ECONNRESET: ['the connection was reset', 'cut'],
  UND_ERR_SOCKET: ['the connection was reset', 'cut'],
  EHOSTUNREACH: ["that machine can't be reached", 'silent'],
  ENETUNREACH: ["that network can't be reached", 'silent'],
  ETIMEDOUT: ['the connection attempt timed out', 'silent'],
  UND_ERR_CONNECT_TIMEOUT: ['the connection attempt timed out', 'silent'],
  CERT_HAS_EXPIRED: ['the TLS certificate has expired', { text: 'Renew it, and find out why it was not renewed automatically.' }],
  ERR_TLS_CERT_ALTNAME_INVALID: ['the TLS certificate is for another name', 'certificate'],
  DEPTH_ZERO_SELF_SIGNED_CERT: ['the TLS certificate is self-signed, and not trusted here', 'certificate'],
  SELF_SIGNED_CERT_IN_CHAIN: ['the TLS certificate comes from a CA that is not trusted here', 'certificate'],
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: ['the server does not send the intermediate TLS certificates', 'certificate'],
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: ['the TLS certificate comes from a CA that is not trusted here', 'certificate'],
  EPROTO: ['the server there does not support TLS', 'noTls'],
  ERR_SSL_WRONG_VERSION_NUMBER: ['the server there does not support TLS', 'noTls'],
  ERR_SSL_PACKET_LENGTH_TOO_LONG: ['the server there does not support TLS', 'noTls'],
};

/** All codes of an error and its causes, the outermost first. */
function codesOf(error: unknown): string[] {
  const codes: string[] = [];
  for (let current = error; current instanceof Error && codes.length < 8; current = current.cause) {
    const code = codeOf(current);
    if (code !== undefined) codes.push(code);
    if (current instanceof AggregateError) codes.push(...current.errors.flatMap((inner: unknown) => codeOf(inner) ?? []));
  }
  return codes;
}

/** A failed connection to `place` as an outcome. `advice` overrides the advice for public addresses. */
export function explainNetworkError(error: unknown, place: string, advice: Partial<Advice> = {}): Outcome {
  const code = codesOf(error).find((known) => Object.hasOwn(EXPLANATIONS, known));
  const explanation = EXPLANATIONS[code ?? ''];
  if (explanation === undefined) {
    const reason = innermost(error);
    return reason === 'bad port'
      ? fail(`${place}: browsers refuse to connect to that port, which belongs to another protocol`, 'Choose another port.')
      : fail(`${place}: it can't be reached (${reason})`, 'Correct the address, or the server there.');
  }
  const [problem, todo] = explanation;
  return fail(`${place}: ${problem}`, typeof todo === 'string' ? { ...FOR_BROWSERS, ...advice }[todo] : todo.text);
}

function innermost(error: unknown): string {
  let current = error;
  while (current instanceof Error && current.cause instanceof Error) current = current.cause;
  return oneLine(current);
}

const GATEWAY = new Set([502, 503, 504]);

/** Whether a status means that a proxy can't reach its server. */
export function isGatewayError(status: number): boolean {
  return GATEWAY.has(status);
}

/** The parsed body, undefined when it is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON: the caller decides what that means.
    return undefined;
  }
}
