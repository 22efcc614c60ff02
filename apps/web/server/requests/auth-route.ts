import { leavePresence } from '@switchboard/chat';
import { limitKey } from '@switchboard/limits/address';
import { DEFAULT_BODY_BYTES, errorFor, MAX_EMAIL_LENGTH, type ChatError } from '@switchboard/protocol';
import { z } from 'zod';

import { operatorActor } from './authenticate.ts';
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

/** The endpoints that the console needs. Other endpoints of better-auth are not offered. */
const OFFERED = new Set(['sign-in/email', 'sign-out', 'change-password', 'revoke-other-sessions']);
const PREFIX = '/api/auth/';
const SIGN_IN = `${PREFIX}sign-in/email`;
const SIGN_OUT = `${PREFIX}sign-out`;
const CHANGE_PASSWORD = `${PREFIX}change-password`;
const ENDS_SESSIONS = new Set(['sign-out', 'change-password', 'revoke-other-sessions'].map((path) => `${PREFIX}${path}`));

/** `/api/auth/*`: signing in and out, from pages of this system only. Errors of better-auth keep their shape `{ code, message }`; other errors have the contract's. */
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
    log[unexpected ? 'error' : 'warn'](
      { route, code: error.code, ...(unexpected ? { err: thrown } : {}) },
      'a sign-in or sign-out request failed',
    );
    return errorResponse(error);
  } finally {
    bytes.release();
  }
}

async function act(request: HttpRequest, route: string, bytes: BodyBytes): Promise<Response> {
  const { auth, config, revocations } = services();
  const origin = request.headers.get('origin');
  // Also refuses a page that was opened under another name of this server: signing in does not work there.
  const isForeign = origin !== null && !config.frontendOrigins.includes(origin);
  if (isForeign || !comesFromOwnPage(request.headers, config)) throw wrongOrigin(config.frontendOrigins[0]);
  await consume(route === SIGN_IN ? 'signInsOfAddress' : 'addressRequests', addressKey(request), services());
  const body = await bodyOf(request, bytes);
  if (route === SIGN_IN) return await signIn(request, body);
  const leaving = ENDS_SESSIONS.has(route) ? await leavingOperator(request) : undefined;
  // It checks the current password, which somebody with a stolen session must not be able to guess.
  if (route === CHANGE_PASSWORD && leaving !== undefined) await consume('signIns', operatorKey(leaving), services());
  // Signing out cannot fail later, so its revocation is stored first: a crash in between must not lose it.
  if (leaving !== undefined && route !== CHANGE_PASSWORD) await revocations.record({ role: 'operator', id: leaving.id });
  const answered = await auth.handler(await requestForAuth(request, route, body));
  if (answered.ok && leaving !== undefined && route === SIGN_OUT) await leaveConsole(leaving);
  // The relay does not know which connections belong to the session: all are closed, and those of other sessions reconnect with a new token.
  if (answered.ok && leaving !== undefined) await revocations.revoke({ role: 'operator', id: leaving.id });
  return await withoutToken(answered);
}

/** Signing out has succeeded already: if this fails, the operator is offline a minute later. */
async function leaveConsole(operator: Operator): Promise<void> {
  const { chat, log } = services();
  try {
    await leavePresence(chat, operatorActor(operator));
  } catch (error) {
    log.warn({ err: error, operatorId: operator.id }, 'an operator who has signed out could not be set offline yet');
  }
}

/** For a console that was opened at a wrong address: names the right one. */
function wrongOrigin(origin: string): ChatError {
  return errorFor('foreign_page', { origin }, { fields: { origin } });
}

/** The operator whose session ends. @throws ChatError `unauthenticated` when the page belongs to another operator */
async function leavingOperator(request: HttpRequest): Promise<Operator | undefined> {
  const { operator, setCookies } = await operatorOf(services().auth, request.headers);
  requireClaimedOperator(request.headers, operator === undefined ? { kind: 'anonymous' } : { kind: 'operator', operator, setCookies });
  return operator;
}

const anObject = z.record(z.string(), z.unknown());
type Body = z.output<typeof anObject>;

/** The body; `{}` without one. @throws ChatError as `readJson`; `invalid_request` unless it is an object */
async function bodyOf(request: HttpRequest, bytes: BodyBytes): Promise<Body> {
  if (!hasBody(request)) return {};
  const body = anObject.safeParse(await readJson(request, { maxBytes: DEFAULT_BODY_BYTES, bytes }));
  if (!body.success) throw errorFor('not_an_object');
  return body.data;
}

/** The request for better-auth, with the body that was read and parsed here, never the client's stream. */
async function requestForAuth(request: HttpRequest, route: string, body: Body): Promise<Request> {
  const headers = new Headers(await withCurrentCookie(services().auth, request.headers));
  headers.delete('content-length');
  headers.delete('transfer-encoding');
  headers.set('content-type', 'application/json');
  // A new password always ends every other session: it is often changed because somebody else knows the old one.
  const content = route === CHANGE_PASSWORD ? { ...body, revokeOtherSessions: true } : body;
  return new Request(request.url, { method: request.method, headers, body: JSON.stringify(content) });
}

/** The response without the session token, which is in the cookie, where scripts cannot read it. */
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
  // Requests without a valid e-mail count together as one account.
  const email = credentials.safeParse(body).data?.email ?? 'none';
  const [address, site] = [addressKey(request), siteKey(request)];
  await consume('signInsOfSite', site, now);
  await consume('signIns', `${address} ${email}`, now);
  // A network of 65,536 times the usual size counts as one address, too.
  await consume('signIns', `${site} ${email}`, now);
  await now.signInThrottle.pass(email, async () => await hasSignedInFrom(request, email));
  const attempt = await requestForAuth(request, SIGN_IN, body);
  const answered = await now.passwordChecks.run(async () => await now.auth.handler(attempt));
  if (answered.status === 401) now.signInThrottle.failed(email);
  return await withoutToken(answered);
}

/** Whether the account has a session that began at the request's address. */
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
