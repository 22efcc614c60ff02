import { ChatError, ERRORS } from '@switchboard/protocol/errors';
import type { AnswerOf, EndpointName, ErrorCode, JsonCallName, RequestOf } from '@switchboard/protocol/types';

import type { Effects } from '../platform/effects.ts';
import type { ServerClock } from '../platform/server-clock.ts';
import { createTimings } from './timings.ts';
import type { Timings } from './timings.ts';

/** Milliseconds after which a request counts as failed; its outcome is then unknown. */
const REQUEST_TIMEOUT_MS = 10_000;
/** Bytes of bodies that browsers let outlive the page, all together (64 KiB, with some room). */
export const KEEPALIVE_BYTES = 60 * 1024;

/** How requests say who asks. */
export interface Credentials {
  /** Headers that say it; none where a cookie does. */
  headers(): Record<string, string>;
  /** Called after a 401, once per request: true when there is something new to try again with. */
  renew(): Promise<boolean>;
  /** Called after each answer that is no refusal. */
  accepted?(): void;
}

export interface Http {
  /**
   * Calls an endpoint of protocol's table, which says what it takes and answers.
   *
   * @throws ChatError: what the server said, or `unavailable` when it could not be reached, took too long or answered something else
   */
  request<N extends JsonCallName>(name: N, ...given: GivenTo<N>): Promise<AnswerOf<N>>;
  /** Headers for a request made elsewhere (an upload). */
  headers(): Record<string, string>;
  /** Runs `attempt` again once when it fails for want of (fresh) credentials. */
  renewing<T>(attempt: () => Promise<T>): Promise<T>;
  /** How long messages take, which is reported through this door. */
  readonly timings: Timings;
}

/** What a request consists of; `RequestOf` says what each endpoint takes of it. */
interface Given {
  readonly params?: Readonly<Record<string, string | number>>;
  readonly query?: Readonly<Record<string, string | number | readonly (string | number)[] | undefined>>;
  readonly body?: unknown;
}
/** Left out where an endpoint takes nothing. */
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

/** The error that an answer stands for. One that is not ours (a proxy's page) means that the application was not reached. */
export function errorOf(status: number, body: unknown, retryAfterHeader: string | null): ChatError {
  const error = typeof body === 'object' && body !== null && 'error' in body ? body.error : undefined;
  if (typeof error === 'object' && error !== null && 'code' in error && isErrorCode(error.code)) {
    const message = 'message' in error && typeof error.message === 'string' ? error.message : error.code;
    const fields = 'fields' in error && typeof error.fields === 'object' && error.fields !== null ? error.fields : undefined;
    return new ChatError(error.code, message, {
      ...retryAfter(retryAfterHeader),
      ...(fields === undefined ? {} : { fields: Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, String(value)])) }),
    });
  }
  // A proxy in front refuses big bodies by itself: trying again will not make them smaller.
  if (status === 413) return new ChatError('too_large', 'Too large.');
  return new ChatError('unavailable', `The server answered ${status}.`, retryAfter(retryAfterHeader));
}

/** Makes the one door to the web app's HTTP API. */
export function createHttp(effects: Effects, clock: ServerClock, credentials: Credentials): Http {
  let keptAlive = 0;

  async function once<N extends JsonCallName>(name: N, given: Given = {}): Promise<AnswerOf<N>> {
    const body = given.body === undefined ? undefined : JSON.stringify(given.body);
    const abort = new AbortController();
    const cancel = effects.after(REQUEST_TIMEOUT_MS, () => abort.abort());
    const size = body === undefined ? 0 : new TextEncoder().encode(body).length;
    const keepalive = body !== undefined && keptAlive + size < KEEPALIVE_BYTES;
    if (keepalive) keptAlive += size;
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
      // The server is ours and its answers are typed by the protocol; checking them here again would cost visitors a schema library.
      return answer as AnswerOf<N>;
    } catch (error) {
      if (error instanceof ChatError) throw error;
      throw new ChatError('unavailable', 'The server could not be reached.', { cause: error });
    } finally {
      cancel();
      if (keepalive) keptAlive -= size;
    }
  }

  async function renewing<T>(attempt: () => Promise<T>): Promise<T> {
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
    renewing,
    // Tried once, as whoever this is now: signing in again is for what matters.
    timings: createTimings(effects, clock, (body) => once('POST /api/chat/timings', { body })),
    request: (name, ...[given]) => renewing(() => once(name, given as Given | undefined)),
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON: the caller decides what that means.
    return undefined;
  }
}
