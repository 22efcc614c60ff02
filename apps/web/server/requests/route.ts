import { randomUUID } from 'node:crypto';

import {
  DEFAULT_BODY_BYTES,
  ENDPOINTS,
  parse,
  type Answer,
  type Endpoint,
  type EndpointName,
  type EndpointNamed,
  type EndpointWith,
  type ParsedBody,
  type ParsedQuery,
} from '@switchboard/protocol';

import { addressKey, admit, callerKey, type Access } from './admission.ts';
import type { Caller } from './authenticate.ts';
import type { HttpRequest } from '../parts/http/http-request.ts';
import type { BodyBytes } from '../parts/http/bytes-under-way.ts';
import { addCors, preflight } from '../parts/http/origins.ts';
import { jsonResponse } from '../parts/http/json-response.ts';
import { asChatError, errorResponse } from '../parts/http/present-error.ts';
import { readForm, readJson, skipBody } from '../parts/http/request-body.ts';
import { addSecurityHeaders, DATA_POLICY } from '../parts/http/security-headers.ts';
import type { LimitName } from '../parts/limits/limits.ts';
import { services, type Services } from '../services/services.ts';

/** What a handler gets: everything validated. */
interface Call<E extends AdmittedEndpoint> {
  readonly request: HttpRequest;
  readonly services: Services;
  readonly caller: Access[E['access']];
  readonly body: ParsedBody<E>;
  readonly query: ParsedQuery<E>;
  /** The parameters of the path: `{ id }` for `{id}`. */
  readonly params: Params;
  /** The value of the response's `X-Request-Id`, by which log entries are found. */
  readonly requestId: string;
}
/** The parameters of a path, by their names in its pattern. */
export type Params = Readonly<Record<string, string | undefined>>;

/** An endpoint whose access rule `admit` checks. */
type AdmittedEndpoint = Endpoint & { readonly access: keyof Access };
/** Names of the table's endpoints whose access rule `admit` checks. */
export type AdmittedName = EndpointWith<keyof Access>;

/** How an endpoint is handled; the rest is in the table. */
interface Answering<E extends AdmittedEndpoint> {
  /** The rate limit: counted per visitor or operator, and per address for anonymous callers. `REQUESTS` by default. */
  readonly limit?: LimitName;
  /** Most bytes of a form; `DEFAULT_BODY_BYTES` by default. */
  readonly formBytes?: (config: Services['config']) => number;
  handle(call: Call<E>): Answered<E> | Promise<Answered<E>>;
}
/** What a handler returns: the JSON of the table, or a `Response` for other content. */
type Answered<E extends Endpoint> = E['response'] extends { readonly kind: 'json' } ? Answer<E> : Response;

/** The signature of Next.js' route handlers. */
type Handler = (request: HttpRequest, context?: { readonly params?: Promise<Params> }) => Promise<Response>;
/** The handler of one endpoint of the table, with its name. */
export type EndpointHandler<N extends EndpointName> = Handler & { readonly endpoint: N };

/**
 * The handler of an endpoint of the table: identifies the caller, counts the request, checks the access rule, parses input, answers errors according to the
 * contract, and records metrics. The body is not read before the request is admitted.
 */
export function route<N extends AdmittedName>(name: N, answering: Answering<EndpointNamed<N>>): EndpointHandler<N> {
  const handler = serve<EndpointNamed<N>>(pathOf(name), ENDPOINTS[name], answering);
  return Object.assign(handler, { endpoint: name });
}

/** The handler of an endpoint that does all of that itself, because `admit` does not know its access rule. */
export function standalone<N extends Exclude<EndpointName, AdmittedName>>(
  name: N,
  answer: (request: HttpRequest, params: Params) => Response | Promise<Response>,
): EndpointHandler<N> {
  const handler: Handler = async (request, context) => await answer(request, (await context?.params) ?? {});
  return Object.assign(handler, { endpoint: name });
}

/** The path with parameters as `[id]`, as in folders of Next.js, metrics and logs. */
function pathOf(name: EndpointName): string {
  return name.slice(name.indexOf('/')).replaceAll('{', '[').replaceAll('}', ']');
}

/** The same as `route` for any endpoint. @param path the label in metrics and logs */
export function serve<E extends AdmittedEndpoint>(path: string, endpoint: E, answering: Answering<E>): Handler {
  return async (request, context) => {
    const now = services();
    const started = performance.now();
    const requestId = randomUUID();
    let cookies: readonly string[] = [];
    let response: Response;
    let bytes: BodyBytes | undefined;
    try {
      const caller = await admit<E['access']>(endpoint.access, answering.limit, request, now);
      if (caller.kind === 'operator') cookies = caller.setCookies;
      const query = endpoint.query && parse(endpoint.query, Object.fromEntries(new URL(request.url).searchParams));
      bytes = now.bytesUnderWay.open(senderKey(caller, request));
      const body = await readBody(endpoint.body, answering.formBytes?.(now.config), request, bytes);
      const params = (await context?.params) ?? {};
      // Parsed by the schemas that the types are inferred from.
      const checked = { query: query as ParsedQuery<E>, body: body as ParsedBody<E> };
      const answer = await answering.handle({ request, services: now, caller, params, requestId, ...checked });
      response = answer instanceof Response ? answer : present(endpoint, answer);
    } catch (thrown) {
      response = refuse(path, requestId, thrown, now);
    } finally {
      bytes?.release();
    }
    for (const cookie of cookies) response.headers.append('Set-Cookie', cookie);
    finish(request, response, requestId, now);
    now.http.time.observe((performance.now() - started) / 1000, { route: path, method: request.method, status: response.status });
    return response;
  };
}

/** Answers CORS preflight requests. */
export const OPTIONS: Handler = async (request) => preflight(request, services().config);

function present({ response }: Endpoint, answer: unknown): Response {
  return jsonResponse(answer, { status: response.kind === 'json' ? response.status : 200 });
}

async function readBody(body: Endpoint['body'], formBytes = DEFAULT_BODY_BYTES, request: HttpRequest, bytes: BodyBytes): Promise<unknown> {
  if (body === undefined) {
    await skipBody(request, { maxBytes: DEFAULT_BODY_BYTES, bytes });
    return undefined;
  }
  if (body.kind === 'json') return parse(body.schema, await readJson(request, { maxBytes: body.maxBytes, bytes }));
  return parse(body.schema, Object.fromEntries(await readForm(request, { maxBytes: formBytes, bytes })));
}

/** The key that body bytes count for. Anybody can create many visitors, so visitors count by their address. */
function senderKey(caller: Caller, request: HttpRequest): string {
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

function finish(request: HttpRequest, response: Response, requestId: string, { config }: Services): void {
  const { headers } = response;
  headers.set('X-Request-Id', requestId);
  if (!headers.has('Cache-Control')) headers.set('Cache-Control', 'no-store');
  if (!headers.has('Content-Security-Policy')) headers.set('Content-Security-Policy', DATA_POLICY);
  addSecurityHeaders(headers, config);
  addCors(request.headers, headers, config);
}
