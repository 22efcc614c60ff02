import { ChatError, ERRORS } from '@switchboard/protocol/errors';
import type { AnswerOf, EndpointName, ErrorCode, JsonCallName, RequestOf, WireError } from '@switchboard/protocol/types';

import type { Effects } from '../platform/effects.ts';
import type { ServerClock } from '../platform/server-clock.ts';
import { createTimings } from './timings.ts';
import type { Timings } from './timings.ts';

/** Milliseconds after which a request counts as failed; its outcome is then unknown. */
const REQUEST_TIMEOUT_MS = 10_000;
/** Total bytes of request bodies that browsers allow to outlive the page (64 KiB, with some room). */
export const KEEPALIVE_BYTES = 60 * 1024;

/** How requests are authenticated. */
export interface Credentials {
  /** Authentication headers; none if a cookie is used. */
  headers(): Record<string, string>;
  /** Called after a 401, once per request: true if the request can be retried with new credentials. */
  renew(): Promise<boolean>;
  /** Called after each successful answer. */
  accepted?(): void;
}

export interface Http {
  /**
   * Calls an endpoint of the protocol's table, which types its request and answer.
   *
   * @throws ChatError the server's error, or `unavailable` if the server could not be reached, took too long or did not answer in JSON
   */
  request<N extends JsonCallName>(name: N, ...given: GivenTo<N>): Promise<AnswerOf<N>>;
  /** Headers for a request made elsewhere (an upload). */
  headers(): Record<string, string>;
  /** Runs `attempt`, and once more with renewed credentials if it fails with `unauthenticated`. */
  withRenewal<T>(attempt: () => Promise<T>): Promise<T>;
  /** Measures how long messages take, and reports it through this client. */
  readonly timings: Timings;
}

/** The parts of a request; `RequestOf` defines which parts each endpoint takes. */
interface Given {
  readonly params?: Readonly<Record<string, string | number>>;
  readonly query?: Readonly<Record<string, string | number | readonly (string | number)[] | undefined>>;
  readonly body?: unknown;
}
/** Empty for an endpoint that takes nothing. */
type GivenTo<N extends EndpointName> = unknown extends RequestOf<N> ? [] : [RequestOf<N>];

/** The path and query of an endpoint's requests. Lists are joined with commas, undefined values are left out. */
export function urlOf(name: EndpointName, { params = {}, query = {} }: Given = {}): string {
  const path = name
    .slice(name.indexOf('/'))
    .replace(/\{(\w+)\}/g, (_part, param: string) => encodeURIComponent(String(params[param] ?? '')));
  const search = new URLSearchParams();
  for (const [field, value] of Object.entries(query)) if (value !== undefined) search.set(field, String(value));
  const text = search.toString();
  return text === '' ? path : `${path}?${text}`;
}

function isErrorCode(value: unknown): value is ErrorCode {
  return typeof value === 'string' && Object.hasOwn(ERRORS, value);
}

function retryAfter(header: string | null): { retryAfterSeconds?: number } {
  const seconds = Number(header ?? Number.NaN);
  return Number.isFinite(seconds) && seconds > 0 ? { retryAfterSeconds: Math.min(seconds, 300) } : {};
}

/** The error of an answer. An answer that is not from the application (a proxy's page) means that the application was not reached. */
export function errorOf(status: number, body: unknown, retryAfterHeader: string | null): ChatError {
  const error = typeof body === 'object' && body !== null && 'error' in body ? body.error : undefined;
  if (typeof error === 'object' && error !== null && 'code' in error && isErrorCode(error.code)) {
    const message = 'message' in error && typeof error.message === 'string' ? error.message : error.code;
    // The error code shows that the application has answered, so its fields have the protocol's types.
    const { fields, reason, params } = error as WireError;
    return new ChatError(error.code, message, { ...retryAfter(retryAfterHeader), ...(fields && { fields }), reason, params });
  }
  // A reverse proxy refuses large bodies: a retry would not make them smaller.
  if (status === 413) return new ChatError('too_large', 'Too large.');
  return new ChatError('unavailable', `The server answered ${status}.`, retryAfter(retryAfterHeader));
}

/** Creates the client of the web app's HTTP API. */
export function createHttp(effects: Effects, clock: ServerClock, credentials: Credentials): Http {
  let keepaliveBytes = 0;

  async function requestOnce<N extends JsonCallName>(name: N, given: Given = {}): Promise<AnswerOf<N>> {
    const body = given.body === undefined ? undefined : JSON.stringify(given.body);
    const abort = new AbortController();
    const cancel = effects.after(REQUEST_TIMEOUT_MS, () => abort.abort());
    const size = body === undefined ? 0 : new TextEncoder().encode(body).length;
    const keepalive = body !== undefined && keepaliveBytes + size < KEEPALIVE_BYTES;
    if (keepalive) keepaliveBytes += size;
    const sentAt = effects.now();
    try {
      const response = await effects.fetch(urlOf(name, given), {
        method: name.slice(0, name.indexOf(' ')),
        headers: {
          ...credentials.headers(),
          accept: 'application/json',
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        credentials: 'same-origin',
        cache: 'no-store',
        signal: abort.signal,
        ...(body === undefined ? {} : { body }),
        ...(keepalive ? { keepalive: true } : {}),
      });
      clock.observe(Date.parse(response.headers.get('date') ?? ''), sentAt, effects.now(), 1_000);
      const text = await response.text();
      const answer = parseJson(text);
      if (!response.ok || (answer === undefined && text !== ''))
        throw errorOf(response.status, answer, response.headers.get('retry-after'));
      credentials.accepted?.();
      // The protocol defines the type of the answer; validating it here would cost visitors a schema library.
      return answer as AnswerOf<N>;
    } catch (error) {
      if (error instanceof ChatError) throw error;
      throw new ChatError('unavailable', 'The server could not be reached.', { cause: error });
    } finally {
      cancel();
      if (keepalive) keepaliveBytes -= size;
    }
  }

  async function withRenewal<T>(attempt: () => Promise<T>): Promise<T> {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof ChatError) || error.code !== 'unauthenticated') throw error;
      if (!(await credentials.renew())) throw error;
      return attempt();
    }
  }

  return {
    headers: () => credentials.headers(),
    withRenewal,
    // One attempt with the current credentials: timings are not worth withRenewal them.
    timings: createTimings(effects, clock, (body) => requestOnce('POST /api/chat/timings', { body })),
    request: (name, ...[given]) => withRenewal(() => requestOnce(name, given as Given | undefined)),
  };
}

/** The parsed text; undefined if it is not JSON, such as a proxy's page. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The caller decides what that means.
    return undefined;
  }
}
