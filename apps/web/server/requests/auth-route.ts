import { limitKey } from '@switchboard/limits/address';
import { DEFAULT_BODY_BYTES, errorFor, MAX_EMAIL_LENGTH, type ChatError } from '@switchboard/protocol';
import { z } from 'zod';

import { addressKey, operatorKey, requireClaimedOperator, siteKey, consume } from './admission.ts';
import type { HttpRequest } from '../parts/http/http-request.ts';
import type { BodyBytes } from '../parts/http/bytes-under-way.ts';
import { outcomeOfSignIn } from '../parts/metrics/http-metrics.ts';
import { ADDRESS_HEADER } from '../parts/connections/note-addresses.ts';
import { operatorOf, withCurrentCookie, type Operator } from '../parts/auth/operator.ts';
import { comesFromOwnPage } from '../parts/http/origins.ts';
import { asChatError, errorResponse } from '../parts/http/present-error.ts';
import { hasBody } from '../parts/http/body-chunks.ts';
import { readJson } from '../parts/http/request-body.ts';
import { addSecurityHeaders, DATA_POLICY } from '../parts/http/security-headers.ts';
import { services } from '../services/services.ts';

/** What the console needs. Whatever else better-auth offers is not offered here. */
const OFFERED = new Set(['sign-in/email', 'sign-out', 'change-password', 'revoke-other-sessions']);
const PREFIX = '/api/auth/';
const SIGN_IN = `${PREFIX}sign-in/email`;
const CHANGE_PASSWORD = `${PREFIX}change-password`;
const ENDS_SESSIONS = new Set(['sign-out', 'change-password', 'revoke-other-sessions'].map((path) => `${PREFIX}${path}`));

/** `/api/auth/*`: signing in and out, from pages of ours only. Errors keep better-auth's shape `{ code, message }`; the database being away is the contract's 503. */
export async function authRoute(request: HttpRequest): Promise<Response> {
  const { config, http } = services();
  const started = performance.now();
  const path = new URL(request.url).pathname.slice(PREFIX.length);
  const offered = request.method === 'POST' && OFFERED.has(path);
  const route = offered ? `${PREFIX}${path}` : `${PREFIX}*`;
  const response = offered ? await answer(request, route) : errorResponse(errorFor('route_not_found'));
  const { headers } = response;
  headers.set('Cache-Control', 'no-store');
  headers.set('Content-Security-Policy', DATA_POLICY);
  addSecurityHeaders(headers, config);
  http.time.observe((performance.now() - started) / 1000, { route, method: request.method, status: response.status });
  if (route === SIGN_IN) http.signIns.add(1, { outcome: outcomeOfSignIn(response.status) });
  return response;
}

async function answer(request: HttpRequest, route: string): Promise<Response> {
  const { bytesUnderWay, http, log } = services();
  const bytes = bytesUnderWay.open(addressKey(request));
  try {
    return await act(request, route, bytes);
  } catch (thrown) {
    const { error, unexpected } = asChatError(thrown);
    http.errors.add(1, { code: error.code });
    log[unexpected ? 'error' : 'warn']({ route, code: error.code, ...(unexpected ? { err: thrown } : {}) }, 'signing in or out failed');
    return errorResponse(error);
  } finally {
    bytes.release();
  }
}

async function act(request: HttpRequest, route: string, bytes: BodyBytes): Promise<Response> {
  const { auth, config, revocations } = services();
  const origin = request.headers.get('origin');
  // A page of this server that was opened by another of its names comes from here, too; signing in does not work there.
  const isForeign = origin !== null && !config.frontendOrigins.includes(origin);
  if (isForeign || !comesFromOwnPage(request.headers, config)) throw wrongOrigin(config.frontendOrigins[0]);
  await consume(route === SIGN_IN ? 'signInsOfAddress' : 'addressRequests', addressKey(request), services());
  const body = await bodyOf(request, bytes);
  if (route === SIGN_IN) return await signIn(request, body);
  const leaving = ENDS_SESSIONS.has(route) ? await leavingOperator(request) : undefined;
  // It asks for the password: who has come by a session must not guess it there.
  if (route === CHANGE_PASSWORD && leaving !== undefined) await consume('signIns', operatorKey(leaving), services());
  // Signing out can't be refused: it is kept before, so that the end of this process in between does not lose it.
  if (leaving !== undefined && route !== CHANGE_PASSWORD) await revocations.keep({ role: 'operator', id: leaving.id });
  const answered = await auth.handler(await handedOn(request, route, body));
  // Which of the operator's connections belong to which session the relay does not know: all end, and those that may come back with a new token.
  if (answered.ok && leaving !== undefined) await revocations.revoke({ role: 'operator', id: leaving.id });
  return await withoutToken(answered);
}

/** Whoever opened the console at an address that it is not set up for is told the one that works: `fields.origin`. */
function wrongOrigin(origin: string): ChatError {
  return errorFor('foreign_page', { origin }, { fields: { origin } });
}

/** The operator whose session ends. @throws ChatError `unauthenticated` when the page that asks belongs to another one */
async function leavingOperator(request: HttpRequest): Promise<Operator | undefined> {
  const { operator, setCookies } = await operatorOf(services().auth, request.headers);
  requireClaimedOperator(request.headers, operator === undefined ? { kind: 'anonymous' } : { kind: 'operator', operator, setCookies });
  return operator;
}

const anObject = z.record(z.string(), z.unknown());
type Body = z.output<typeof anObject>;

/** What was sent, `{}` for nothing. @throws ChatError as `readJson`; `invalid_request` unless it is an object */
async function bodyOf(request: HttpRequest, bytes: BodyBytes): Promise<Body> {
  if (!hasBody(request)) return {};
  const body = anObject.safeParse(await readJson(request, { maxBytes: DEFAULT_BODY_BYTES, bytes }));
  if (!body.success) throw errorFor('not_an_object');
  return body.data;
}

/** The request as better-auth gets it: with a body that has been read and parsed here, never the stream that somebody sends. */
async function handedOn(request: HttpRequest, route: string, body: Body): Promise<Request> {
  const headers = new Headers(await withCurrentCookie(services().auth, request.headers));
  headers.delete('content-length');
  headers.delete('transfer-encoding');
  headers.set('content-type', 'application/json');
  // A new password ends every other session, whatever is asked for: it is often changed because somebody else knows the old one.
  const content = route === CHANGE_PASSWORD ? { ...body, revokeOtherSessions: true } : body;
  return new Request(request.url, { method: request.method, headers, body: JSON.stringify(content) });
}

/** The same answer without the session's token in it: the cookie carries it, where scripts can't read it. */
async function withoutToken(answered: Response): Promise<Response> {
  const text = await answered.text();
  const isJson = answered.headers.get('content-type')?.includes('json') === true && text !== '';
  const content: unknown = isJson ? JSON.parse(text) : undefined;
  const headers = new Headers(answered.headers);
  headers.delete('content-length');
  const init = { status: answered.status, headers };
  if (typeof content !== 'object' || content === null || !('token' in content)) return new Response(text === '' ? null : text, init);
  const { token: _withheld, ...rest } = content;
  return new Response(JSON.stringify(rest), init);
}

const credentials = z.object({ email: z.string().max(MAX_EMAIL_LENGTH).trim().toLowerCase() });

/** @throws ChatError `rate_limited` */
async function signIn(request: HttpRequest, body: Body): Promise<Response> {
  const now = services();
  // What is no attempt at an account counts as one account together.
  const email = credentials.safeParse(body).data?.email ?? 'none';
  const [address, site] = [addressKey(request), siteKey(request)];
  await consume('signInsOfSite', site, now);
  await consume('signIns', `${address} ${email}`, now);
  // Who has a network of 65,536 times the usual size counts as one, too.
  await consume('signIns', `${site} ${email}`, now);
  await now.signInThrottle.pass(email, async () => await hasSignedInFrom(request, email));
  const attempt = await handedOn(request, SIGN_IN, body);
  const answered = await now.passwordChecks.run(async () => await now.auth.handler(attempt));
  if (answered.status === 401) now.signInThrottle.failed(email);
  return await withoutToken(answered);
}

/** Whether the account has a session that began at this address. */
async function hasSignedInFrom(request: HttpRequest, email: string): Promise<boolean> {
  const sessions = await services().db.prisma.authSession.findMany({
    where: { user: { email }, expiresAt: { gt: new Date() } },
    select: { ipAddress: true },
    orderBy: { id: 'desc' },
    take: 50,
  });
  const here = limitKey(request.headers.get(ADDRESS_HEADER) ?? '');
  return sessions.some(({ ipAddress }) => ipAddress !== null && limitKey(ipAddress) === here);
}
