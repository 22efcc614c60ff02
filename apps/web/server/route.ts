import { randomUUID } from 'node:crypto';

import { limitKey } from '@switchboard/limits/address';
import { ChatError, parse } from '@switchboard/protocol';
import type { z } from 'zod';

import { identify, type Caller, type KnownCaller } from './authenticate.ts';
import type { Operator } from './operator.ts';
import { ADDRESS_HEADER } from './note-addresses.ts';
import { addCors, preflight } from './origins.ts';
import { asChatError, errorResponse } from './present-error.ts';
import { readForm, readJson } from './request-body.ts';
import { addSecurityHeaders, DATA_POLICY } from './security-headers.ts';
import type { LimitName } from './limits.ts';
import { services, type Services } from './services.ts';

/** Who may ask, and so who the handler can meet. */
interface Access {
  anyone: Caller;
  /** Whoever holds a link that proves itself: nobody asks who that is. */
  'holder-of-a-link': Extract<Caller, { kind: 'anonymous' }>;
  'visitor-or-operator': KnownCaller;
}

/** What a handler is given: everything checked. */
interface Call<A extends keyof Access, B, Q> {
  readonly request: Request;
  readonly services: Services;
  readonly caller: Access[A];
  readonly body: B;
  readonly query: Q;
  /** Of the path: `{ id }` for `[id]`. */
  readonly params: Readonly<Record<string, string | undefined>>;
  /** As the answer's `X-Request-Id` says it: by it a line of the log is found. */
  readonly requestId: string;
}

/** One method of one route. Without `access` it does not compile. */
interface RouteRule<A extends keyof Access, B, Q> {
  /** As in the contract; the label in metrics and logs. */
  readonly route: string;
  readonly access: A;
  /** Refuses who asks too often: per visitor or operator, and before anything is known about whoever asks per address. `REQUESTS` unless given. */
  readonly limit?: LimitName;
  /** Without it the body is not read. */
  readonly body?: JsonBody<B> | FormBody<B>;
  readonly query?: z.ZodType<Q>;
  handle(call: Call<A, B, Q>): Promise<Response>;
}
interface JsonBody<B> {
  readonly kind: 'json';
  readonly schema: z.ZodType<B>;
  readonly maxBytes: number;
}
interface FormBody<B> {
  readonly kind: 'form';
  readonly read: (form: FormData, services: Services) => B;
  readonly maxBytes: (services: Services) => number;
}

/** How often one may ask for what has no limit of its own, by who asks. */
const REQUESTS = {
  anonymous: 'addressRequests',
  visitor: 'visitorRequests',
  operator: 'operatorRequests',
} as const satisfies Record<Caller['kind'], LimitName>;

type Handler = (request: Request, context?: { params?: Promise<Record<string, string | undefined>> }) => Promise<Response>;

/** A body of JSON of this shape, 64 KiB at most unless said otherwise. */
export function json<T extends z.ZodType>(schema: T, maxBytes = 64 * 1024): JsonBody<z.output<T>> {
  return { kind: 'json', schema: schema as z.ZodType<z.output<T>>, maxBytes };
}

/**
 * The handler of one method of one route: limits, finds out who asks, checks the access rule, parses, answers errors as the contract says, and
 * measures. Nothing of a request is read before it is known to be allowed.
 */
export function route<A extends keyof Access, B = undefined, Q = undefined>(rule: RouteRule<A, B, Q>): Handler {
  return async (request, context) => {
    const now = services();
    const started = performance.now();
    const requestId = randomUUID();
    let cookies: readonly string[] = [];
    let response: Response;
    try {
      const caller = await admit(rule.access, rule.limit, request, now);
      if (caller.kind === 'operator') cookies = caller.setCookies;
      const query = rule.query === undefined ? undefined : parse(rule.query, Object.fromEntries(new URL(request.url).searchParams));
      const body = rule.body === undefined ? undefined : await readBody(rule.body, request, now);
      const params = (await context?.params) ?? {};
      response = await rule.handle({ request, services: now, caller, body: body as B, query: query as Q, params, requestId });
    } catch (thrown) {
      response = refuse(rule.route, requestId, thrown, now);
    }
    for (const cookie of cookies) response.headers.append('Set-Cookie', cookie);
    finish(request, response, requestId, now);
    now.http.time.observe((performance.now() - started) / 1000, { route: rule.route, method: request.method, status: response.status });
    return response;
  };
}

/** The answer to a browser of another origin that asks whether it may. */
export const OPTIONS: Handler = async (request) => preflight(request, services().config);

/** What each access rule lets through; what it doesn't it refuses by throwing. */
const ADMISSION: { readonly [A in keyof Access]: (request: Request, now: Services) => Promise<Access[A]> } = {
  anyone: async (request, now) => (await identify(request, now)).caller,
  'holder-of-a-link': async () => await Promise.resolve({ kind: 'anonymous' }),
  'visitor-or-operator': async (request, now) => {
    const { caller, objection } = await identify(request, now);
    if (caller.kind !== 'anonymous') return caller;
    await takeTurn(REQUESTS.anonymous, addressKey(request), now);
    throw objection ?? new ChatError('unauthenticated', 'A visitor token or a signed-in operator is needed.');
  },
};

async function admit<A extends keyof Access>(access: A, limit: LimitName | undefined, request: Request, now: Services): Promise<Access[A]> {
  const byAddress = access !== 'visitor-or-operator';
  // Known by nothing but an address, so the limit comes first: finding out who asks may cost a query.
  if (byAddress) await takeTurn(limit ?? REQUESTS.anonymous, addressKey(request), now);
  const caller = await ADMISSION[access](request, now);
  if (!byAddress && caller.kind !== 'anonymous') await takeTurn(limit ?? REQUESTS[caller.kind], keyOf(caller), now);
  return caller;
}

/** Whose turns a limit counts. */
function keyOf(caller: KnownCaller): string {
  return caller.kind === 'visitor' ? `client ${caller.claims.id}` : operatorKey(caller.operator);
}

/** This operator, as limits count. */
export function operatorKey({ id }: Pick<Operator, 'id'>): string {
  return `operator ${id}`;
}

/** Whoever asks from this address, as limits count. */
export function addressKey(request: Request): string {
  return `address ${limitKey(request.headers.get(ADDRESS_HEADER) ?? 'unknown')}`;
}

/** @throws ChatError `rate_limited` when there is no turn left */
export async function takeTurn(limit: LimitName, key: string, { limits, http }: Services): Promise<void> {
  const wait = await limits[limit].take(key);
  if (wait === 0) return;
  http.rateLimited.add(1, { limit });
  throw new ChatError('rate_limited', `Too often; try again in ${wait} s.`, { retryAfterSeconds: wait });
}

async function readBody<B>(body: JsonBody<B> | FormBody<B>, request: Request, now: Services): Promise<B> {
  if (body.kind === 'json') return parse(body.schema, await readJson(request, body.maxBytes));
  return body.read(await readForm(request, body.maxBytes(now)), now);
}

function refuse(routeName: string, requestId: string, thrown: unknown, { log, http }: Services): Response {
  const { error, unexpected } = asChatError(thrown);
  http.errors.add(1, { code: error.code });
  const fields = { requestId, route: routeName, code: error.code };
  if (unexpected) log.error({ ...fields, err: thrown }, 'a request failed');
  else log.info(fields, 'a request was refused');
  return errorResponse(error);
}

function finish(request: Request, response: Response, requestId: string, { config }: Services): void {
  const { headers } = response;
  headers.set('X-Request-Id', requestId);
  if (!headers.has('Cache-Control')) headers.set('Cache-Control', 'no-store');
  if (!headers.has('Content-Security-Policy')) headers.set('Content-Security-Policy', DATA_POLICY);
  addSecurityHeaders(headers, config);
  addCors(request.headers, headers, config);
}
