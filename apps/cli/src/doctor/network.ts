import { codeOf } from '../standalone/user-error.mjs';
import { oneLine } from './check.ts';
import { fail, type Outcome } from './outcome.ts';

/** What the network checks ask with; tests lead it elsewhere. */
export type Fetch = typeof fetch;

/** How to ask. */
export interface Asking {
  readonly fetch: Fetch;
  readonly signal: AbortSignal;
}

/** What to do, by what is wrong; it depends on who connects to what. */
export interface Advice {
  /** Nothing listens there. */
  readonly refused: string;
  /** Nobody says anything. */
  readonly silent: string;
  /** Something cut the connection without a word. */
  readonly cut: string;
  /** Its certificate is not trusted. */
  readonly certificate: string;
  /** TLS was spoken to somebody who speaks none. */
  readonly noTls: string;
}

/** For addresses that browsers are given, and the servers behind them. */
const FOR_BROWSERS: Advice = {
  refused: 'Start what should listen there, or correct the address.',
  silent:
    'A firewall drops it, or what listens there is frozen. (A machine can often not reach itself by its public address: then try from another one.)',
  cut: 'Look into the log of what listens there.',
  certificate:
    'Browsers refuse it: give the server a certificate for this name from an authority that browsers know, with all intermediate ones.',
  noTls: 'Use http:// in the address, or have the proxy speak TLS on that port.',
};

/** Codes of failed connections: what is wrong, in words, and what to do. */
const EXPLANATIONS: Readonly<Record<string, readonly [problem: string, advice: keyof Advice | { readonly text: string }]>> = {
  ECONNREFUSED: ['nothing listens there (connection refused)', 'refused'],
  ENOTFOUND: ['that name is not known', { text: 'Correct the address, or the DNS entry.' }],
  EAI_AGAIN: ["that name can't be looked up at this moment", { text: 'See that this machine reaches its DNS server.' }],
  ECONNRESET: ['the connection was broken off', 'cut'],
  UND_ERR_SOCKET: ['the connection was broken off', 'cut'],
  EHOSTUNREACH: ["that machine can't be reached", 'silent'],
  ENETUNREACH: ["that network can't be reached", 'silent'],
  ETIMEDOUT: ['no answer to the attempt to connect', 'silent'],
  UND_ERR_CONNECT_TIMEOUT: ['no answer to the attempt to connect', 'silent'],
  CERT_HAS_EXPIRED: ['the TLS certificate has run out', { text: 'Renew it, and see why it was not renewed by itself.' }],
  ERR_TLS_CERT_ALTNAME_INVALID: ['the TLS certificate is for another name', 'certificate'],
  DEPTH_ZERO_SELF_SIGNED_CERT: ['the TLS certificate is signed by itself, and not trusted here', 'certificate'],
  SELF_SIGNED_CERT_IN_CHAIN: ['the TLS certificate comes from an authority that is not known here', 'certificate'],
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: ['the TLS certificate lacks the intermediate ones', 'certificate'],
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: ['the TLS certificate comes from an authority that is not known here', 'certificate'],
  EPROTO: ['what listens there does not speak TLS', 'noTls'],
  ERR_SSL_WRONG_VERSION_NUMBER: ['what listens there does not speak TLS', 'noTls'],
  ERR_SSL_PACKET_LENGTH_TOO_LONG: ['what listens there does not speak TLS', 'noTls'],
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

/** A failed connection to `place` as an outcome: what is wrong in words, and what to do. `advice` where it is another than for what browsers reach. */
export function explainNetworkError(error: unknown, place: string, advice: Partial<Advice> = {}): Outcome {
  const code = codesOf(error).find((known) => Object.hasOwn(EXPLANATIONS, known));
  const explanation = EXPLANATIONS[code ?? ''];
  if (explanation === undefined) {
    const reason = innermost(error);
    return reason === 'bad port'
      ? fail(`${place}: browsers and servers refuse to connect to that port, which belongs to another protocol`, 'Choose another one.')
      : fail(`${place}: it can't be reached (${reason})`, 'Correct the address, or what listens there.');
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
