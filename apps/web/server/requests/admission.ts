import { limitKey, networkKey } from '@switchboard/limits/address';
import { errorFor } from '@switchboard/protocol';

import type { HttpRequest } from '../parts/http/http-request.ts';
import { identify, type Caller, type KnownCaller } from './authenticate.ts';
import type { LimitName } from '../parts/limits/limits.ts';
import { ADDRESS_HEADER } from '../parts/connections/note-addresses.ts';
import type { Operator } from '../parts/auth/operator.ts';
import type { Services } from '../services/services.ts';

/** The callers that each access rule admits: the type of `caller` in handlers. */
export interface Access {
  anyone: Caller;
  visitor: CallerOf<'visitor'>;
  operator: CallerOf<'operator'>;
  /** An operator who is an administrator. */
  admin: CallerOf<'operator'>;
  'visitor-or-operator': KnownCaller;
  /** The link is the authorization: the caller is not identified. */
  'holder-of-a-link': CallerOf<'anonymous'>;
}
type CallerOf<K extends Caller['kind']> = Extract<Caller, { kind: K }>;

/**
 * The id of the operator that a console page belongs to. A page keeps its operator while it is open, even if another one signs in in the same browser. Requests
 * whose cookie belongs to another operator, or to none, are refused.
 */
export const OPERATOR_HEADER = 'x-switchboard-operator';

/** The limit of requests without a limit of their own, by the kind of caller. */
const REQUESTS = {
  anonymous: 'addressRequests',
  visitor: 'visitorRequests',
  operator: 'operatorRequests',
} as const satisfies Record<Caller['kind'], LimitName>;

/** Each access rule: returns the admitted caller, or throws. */
const ADMISSION: {
  readonly [A in keyof Access]: (request: HttpRequest, limit: LimitName | undefined, now: Services) => Promise<Access[A]>;
} = {
  // Identifying a caller costs a query only for a cookie with a valid signature. A limit for visitors does not apply to operators, who act on behalf of many.
  anyone: async (request, limit, now) => {
    const { caller } = await identify(request, now);
    if (caller.kind === 'operator') await consume(REQUESTS.operator, operatorKey(caller.operator), now);
    else await consume(limit ?? REQUESTS.anonymous, addressKey(request), now);
    requireClaimedOperator(request.headers, caller);
    return caller;
  },
  'holder-of-a-link': async (request, limit, now) => {
    await consume(limit ?? REQUESTS.anonymous, addressKey(request), now);
    if (request.headers.has(OPERATOR_HEADER)) requireClaimedOperator(request.headers, (await identify(request, now)).caller);
    return { kind: 'anonymous' };
  },
  'visitor-or-operator': async (request, limit, now) => await admitKnown('token_required', request, limit, now),
  visitor: async (request, limit, now) => {
    const caller = await admitKnown('visitor_token_required', request, limit, now);
    if (caller.kind !== 'visitor') throw errorFor('visitors_only');
    return caller;
  },
  operator: async (request, limit, now) => await admitOperator(request, limit, now),
  admin: async (request, limit, now) => {
    const caller = await admitOperator(request, limit, now);
    if (caller.operator.role !== 'ADMIN') throw errorFor('administrators_only');
    return caller;
  },
};

async function admitOperator(request: HttpRequest, limit: LimitName | undefined, now: Services): Promise<CallerOf<'operator'>> {
  const caller = await admitKnown('sign_in_required', request, limit, now);
  if (caller.kind !== 'operator') throw errorFor('operators_only');
  return caller;
}

/** The visitor or operator, after counting the request. @param needed the reason to refuse an anonymous caller */
async function admitKnown(
  needed: 'sign_in_required' | 'token_required' | 'visitor_token_required',
  request: HttpRequest,
  limit: LimitName | undefined,
  now: Services,
): Promise<KnownCaller> {
  const { caller, objection } = await identify(request, now);
  if (caller.kind === 'anonymous') {
    await consume(REQUESTS.anonymous, addressKey(request), now);
    throw objection ?? errorFor(needed);
  }
  await consume(limit ?? REQUESTS[caller.kind], callerKey(caller), now);
  requireClaimedOperator(request.headers, caller);
  return caller;
}

/** Identifies the caller, counts the request and checks the access rule. @throws ChatError `rate_limited`, `unauthenticated`, `forbidden`, `unavailable` */
export async function admit<A extends keyof Access>(
  access: A,
  limit: LimitName | undefined,
  request: HttpRequest,
  now: Services,
): Promise<Access[A]> {
  return await ADMISSION[access](request, limit, now);
}

/** @throws ChatError `unauthenticated` when the request names an operator (`OPERATOR_HEADER`) other than the signed-in one */
export function requireClaimedOperator(headers: Headers, caller: Caller): void {
  const claimed = headers.get(OPERATOR_HEADER);
  if (claimed === null || (caller.kind === 'operator' && claimed === String(caller.operator.id))) return;
  throw errorFor('operator_changed');
}

/** The key of a caller in rate limits. */
export function callerKey(caller: KnownCaller): string {
  return caller.kind === 'visitor' ? `client ${caller.claims.id}` : operatorKey(caller.operator);
}

/** The key of an operator in rate limits. */
export function operatorKey({ id }: Pick<Operator, 'id'>): string {
  return `operator ${id}`;
}

/** The key of the request's address in rate limits. */
export function addressKey(request: HttpRequest): string {
  return `address ${limitKey(addressOf(request))}`;
}

/** The key of the request's network in rate limits. */
export function siteKey(request: HttpRequest): string {
  return `site ${networkKey(addressOf(request))}`;
}

function addressOf(request: HttpRequest): string {
  return request.headers.get(ADDRESS_HEADER) ?? 'unknown';
}

/** Counts `cost` (1 by default) toward a limit. @throws ChatError `rate_limited` when less is left */
export async function consume(limit: LimitName, key: string, { limits, http }: Services, cost = 1): Promise<void> {
  const wait = await limits[limit].take(key, cost);
  if (wait === 0) return;
  http.rateLimited.add(1, { limit });
  throw errorFor('too_many_requests', { seconds: wait }, { retryAfterSeconds: wait });
}
