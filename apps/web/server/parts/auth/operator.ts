import { roleOf } from '@switchboard/chat';
import { isUnavailable } from '@switchboard/database';
import { errorFor, type OperatorRole } from '@switchboard/protocol';
import { z } from 'zod';

import type { Auth } from './auth.ts';

/** A signed-in operator. */
export interface Operator {
  readonly id: number;
  readonly name: string;
  readonly email: string;
  readonly role: OperatorRole;
}

/** The columns of `User` as better-auth reads them. */
const signedInUser = z
  .object({
    id: z.coerce.number().int().positive(),
    name: z.string(),
    email: z.string(),
    role: z.enum(['OPERATOR', 'ADMIN']),
    isSupervisor: z.boolean(),
  })
  .transform(({ id, name, email, ...columns }): Operator => ({ id, name, email, role: roleOf(columns) }));

/**
 * The operator of the session cookie in these headers, if any, and the cookies to set: a session in use is prolonged. Callers that cannot set cookies pass
 * `prolong: false`; otherwise the session would be prolonged in the database only, and end in the browser.
 *
 * @throws ChatError `unavailable` when the database is away
 */
export async function operatorOf(
  auth: Auth,
  headers: Headers,
  { prolong = true }: { readonly prolong?: boolean } = {},
): Promise<{ operator: Operator | undefined; setCookies: readonly string[] }> {
  try {
    const { response, headers: answered } = await auth.api.getSession({
      headers: await withCurrentCookie(auth, headers),
      query: { disableRefresh: !prolong },
      returnHeaders: true,
    });
    const operator = response === null ? undefined : signedInUser.parse(response.user);
    return { operator, setCookies: answered.getSetCookie() };
  } catch (error) {
    if (!isUnavailable(error)) throw error;
    throw errorFor('database_away', undefined, { retryAfterSeconds: 2, cause: error });
  }
}

/** Names of session cookies, the older ones included, of any installation on this host. */
const SESSION_COOKIE = /(?:^|;\s*)(?:__Host-|__Secure-)?switchboard(?:_[\da-f]{8})?\.session_token=/;
/** The names before 2026-11. */
const OLD_SESSION_COOKIE = /(?:^|;\s*)(?:__Secure-)?switchboard\.session_token=([^;]*)/;

/** Whether the request has a session cookie at all. If not, the database need not be queried. */
export function hasSessionCookie(headers: Headers): boolean {
  return SESSION_COOKIE.test(headers.get('cookie') ?? '');
}

/** The same headers, with a session cookie of an older name renamed to the current one, so that operators stay signed in across an update. */
export async function withCurrentCookie(auth: Auth, headers: Headers): Promise<Headers> {
  const cookies = headers.get('cookie') ?? '';
  const value = OLD_SESSION_COOKIE.exec(cookies)?.[1];
  if (value === undefined) return headers;
  const { authCookies } = await auth.$context;
  if (cookies.includes(`${authCookies.sessionToken.name}=`)) return headers;
  const renamed = new Headers(headers);
  renamed.set('cookie', `${cookies}; ${authCookies.sessionToken.name}=${value}`);
  return renamed;
}
