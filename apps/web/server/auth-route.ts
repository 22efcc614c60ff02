import { ChatError } from '@switchboard/protocol';

import { asChatError, errorResponse } from './present-error.ts';
import { addSecurityHeaders, DATA_POLICY } from './security-headers.ts';
import { services } from './services.ts';

/** What the console needs. Whatever else better-auth offers is not offered here. */
const OFFERED = new Set([
  'sign-in/email',
  'sign-out',
  'get-session',
  'list-sessions',
  'revoke-session',
  'revoke-other-sessions',
  'change-password',
]);
const PREFIX = '/api/auth/';

/** `/api/auth/*`: signing in and out. Errors keep better-auth's shape `{ code, message }`; the database being away is the contract's 503. */
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
  const wait = headers.get('X-Retry-After');
  if (wait !== null) headers.set('Retry-After', wait);
  http.time.observe((performance.now() - started) / 1000, { route, method: request.method, status: response.status });
  return response;
}

async function answer(request: Request, route: string): Promise<Response> {
  const { auth, db, log } = services();
  const answered = await auth.handler(request);
  if (answered.status < 500) return new Response(answered.body, answered);
  // It says 500 whatever happened; the difference matters to whoever may try again.
  try {
    await db.ping();
  } catch (error) {
    log.warn({ route }, 'the database is away');
    return errorResponse(asChatError(error).error);
  }
  log.error({ route, status: answered.status }, 'signing in or out failed');
  return errorResponse(asChatError(new Error('better-auth failed')).error);
}
