import { randomUUID } from 'node:crypto';

import { parse } from '@switchboard/protocol';
import type { z } from 'zod';

import { addressKey, admit, callerKey, type Access } from './admission.ts';
import type { Caller } from './authenticate.ts';
import type { BodyBytes } from '../parts/http/bytes-under-way.ts';
import { addCors, preflight } from '../parts/http/origins.ts';
import { asChatError, errorResponse } from '../parts/http/present-error.ts';
import { readForm, readJson, skipBody } from '../parts/http/request-body.ts';
import { addSecurityHeaders, DATA_POLICY } from '../parts/http/security-headers.ts';
import type { LimitName } from '../parts/limits/limits.ts';
import { services, type Services } from '../services/services.ts';

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
  /** Without it a body is skipped. */
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

type Handler = (request: Request, context?: { params?: Promise<Record<string, string | undefined>> }) => Promise<Response>;

/** What a body may have unless its route says otherwise. */
export const USUAL_MAX_BYTES = 64 * 1024;

/** A body of JSON of this shape, 64 KiB at most unless said otherwise. */
export function json<T extends z.ZodType>(schema: T, maxBytes = USUAL_MAX_BYTES): JsonBody<z.output<T>> {
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
    let bytes: BodyBytes | undefined;
    try {
      const caller = await admit(rule.access, rule.limit, request, now);
      if (caller.kind === 'operator') cookies = caller.setCookies;
      const query = rule.query === undefined ? undefined : parse(rule.query, Object.fromEntries(new URL(request.url).searchParams));
      bytes = now.bytesUnderWay.open(senderKey(caller, request));
      const body = await readBody(rule.body, request, bytes, now);
      const params = (await context?.params) ?? {};
      response = await rule.handle({ request, services: now, caller, body: body as B, query: query as Q, params, requestId });
    } catch (thrown) {
      response = refuse(rule.route, requestId, thrown, now);
    } finally {
      bytes?.release();
    }
    for (const cookie of cookies) response.headers.append('Set-Cookie', cookie);
    finish(request, response, requestId, now);
    now.http.time.observe((performance.now() - started) / 1000, { route: rule.route, method: request.method, status: response.status });
    return response;
  };
}

/** The answer to a browser of another origin that asks whether it may. */
export const OPTIONS: Handler = async (request) => preflight(request, services().config);

async function readBody<B>(
  body: JsonBody<B> | FormBody<B> | undefined,
  request: Request,
  bytes: BodyBytes,
  now: Services,
): Promise<B | undefined> {
  if (body === undefined) {
    await skipBody(request, { maxBytes: USUAL_MAX_BYTES, bytes });
    return undefined;
  }
  if (body.kind === 'json') return parse(body.schema, await readJson(request, { maxBytes: body.maxBytes, bytes }));
  return body.read(await readForm(request, { maxBytes: body.maxBytes(now), bytes }), now);
}

/** Who sends a body: strangers can make themselves as many visitors as they like, so those count by their address. */
function senderKey(caller: Caller, request: Request): string {
  return caller.kind === 'operator' ? callerKey(caller) : addressKey(request);
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
