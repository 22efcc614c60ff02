import { isUnavailable } from '@switchboard/database';
import { ChatError } from '@switchboard/protocol';
import { z } from 'zod';

import type { Auth } from './auth.ts';

/** Who is signed in. */
export interface Operator {
  readonly id: number;
  readonly name: string;
  readonly email: string;
  readonly role: 'OPERATOR' | 'ADMIN';
}

const signedInUser = z.object({
  id: z.coerce.number().int().positive(),
  name: z.string(),
  email: z.string(),
  role: z.enum(['OPERATOR', 'ADMIN']),
});

/**
 * The operator whose session cookie these headers carry, if any, and cookies to hand back (a session that is in use is prolonged).
 *
 * @throws ChatError `unavailable` when the database is away
 */
export async function operatorOf(auth: Auth, headers: Headers): Promise<{ operator: Operator | undefined; setCookies: readonly string[] }> {
  try {
    const { response, headers: answered } = await auth.api.getSession({ headers, returnHeaders: true });
    const operator = response === null ? undefined : signedInUser.parse(response.user);
    return { operator, setCookies: answered.getSetCookie() };
  } catch (error) {
    if (!isUnavailable(error)) throw error;
    throw new ChatError('unavailable', 'The database is away; try again in a moment.', { retryAfterSeconds: 2, cause: error });
  }
}

/** Whether the request carries a session cookie at all. It saves asking the database about visitors. */
export function hasSessionCookie(headers: Headers): boolean {
  return (headers.get('cookie') ?? '').includes('switchboard.session_token=');
}
