import { ChatError, MAX_EMAIL_LENGTH } from '@switchboard/protocol';
import { z } from 'zod';

import { outcomeOfSignIn } from './http-metrics.ts';
import { operatorOf } from './operator.ts';
import { comesFromOwnPage } from './origins.ts';
import { addressKey, operatorKey, takeTurn } from './route.ts';
import { asChatError, errorResponse } from './present-error.ts';
import { addSecurityHeaders, DATA_POLICY } from './security-headers.ts';
import { services } from './services.ts';

/** What the console needs. Whatever else better-auth offers is not offered here. */
const OFFERED = new Set(['sign-in/email', 'sign-out', 'change-password', 'revoke-other-sessions']);
const PREFIX = '/api/auth/';
const SIGN_IN = `${PREFIX}sign-in/email`;
const CHANGE_PASSWORD = `${PREFIX}change-password`;
const ENDS_SESSIONS = new Set(['sign-out', 'change-password', 'revoke-other-sessions'].map((path) => `${PREFIX}${path}`));

/** `/api/auth/*`: signing in and out, from pages of ours only. Errors keep better-auth's shape `{ code, message }`; the database being away is the contract's 503. */
export async function authRoute(request: Request): Promise<Response> {
  const { config, http } = services();
  const started = performance.now();
  const path = new URL(request.url).pathname.slice(PREFIX.length);
  const route = OFFERED.has(path) ? `${PREFIX}${path}` : `${PREFIX}*`;
  const response = OFFERED.has(path) ? await answer(request, route) : errorResponse(new ChatError('not_found', 'There is no such route.'));
  const { headers } = response;
  headers.set('Cache-Control', 'no-store');
  headers.set('Content-Security-Policy', DATA_POLICY);
  addSecurityHeaders(headers, config);
  http.time.observe((performance.now() - started) / 1000, { route, method: request.method, status: response.status });
  if (route === SIGN_IN) http.signIns.add(1, { outcome: outcomeOfSignIn(response.status) });
  return response;
}

async function answer(request: Request, route: string): Promise<Response> {
  const { auth, config, revocations, http, log } = services();
  if (request.method !== 'GET' && !comesFromOwnPage(request.headers, config))
    return errorResponse(new ChatError('forbidden', 'This request must come from a page of this system.'));
  try {
    if (route === SIGN_IN) await limitSignIns(request);
    else await takeTurn('addressRequests', addressKey(request), services());
    const leaving = ENDS_SESSIONS.has(route) ? (await operatorOf(auth, request.headers)).operator : undefined;
    // It asks for the password: who has come by a session must not guess it there.
    if (route === CHANGE_PASSWORD && leaving !== undefined) await takeTurn('signIns', operatorKey(leaving), services());
    // Signing out can't be refused: it is kept before, so that the end of this process in between does not lose it.
    if (leaving !== undefined && route !== CHANGE_PASSWORD) await revocations.keep({ role: 'operator', id: leaving.id });
    const answered = await auth.handler(request);
    // Which of the operator's connections belong to which session the relay does not know: all end, and those that may come back with a new token.
    if (answered.ok && leaving !== undefined) await revocations.revoke({ role: 'operator', id: leaving.id });
    return new Response(answered.body, answered);
  } catch (thrown) {
    const { error, unexpected } = asChatError(thrown);
    http.errors.add(1, { code: error.code });
    log[unexpected ? 'error' : 'warn']({ route, code: error.code, ...(unexpected ? { err: thrown } : {}) }, 'signing in or out failed');
    return errorResponse(error);
  }
}

/** @throws ChatError `rate_limited` */
async function limitSignIns(request: Request): Promise<void> {
  const now = services();
  const address = addressKey(request);
  await takeTurn('signInsOfAddress', address, now);
  await takeTurn('signIns', `${address} ${await emailOf(request)}`, now);
}

const credentials = z.object({ email: z.string().max(MAX_EMAIL_LENGTH).trim().toLowerCase() });

/** The account that somebody tries; what is no attempt at one counts as one account together. */
async function emailOf(request: Request): Promise<string> {
  const body: unknown = await request
    .clone()
    .json()
    .catch(() => undefined); // No JSON: better-auth says so.
  return credentials.safeParse(body).data?.email ?? 'none';
}
