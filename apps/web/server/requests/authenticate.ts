import type { OperatorActor, VisitorActor } from '@switchboard/chat';
import { errorFor, type ChatError, type RelayClaims } from '@switchboard/protocol';

import type { HttpRequest } from '../parts/http/http-request.ts';
import { hasSessionCookie, operatorOf, type Operator } from '../parts/auth/operator.ts';
import { comesFromOwnPage } from '../parts/http/origins.ts';
import type { Services } from '../services/services.ts';

type VisitorClaims = Extract<RelayClaims, { role: 'client' }>;

/** The identified caller. */
export type Caller =
  | { readonly kind: 'anonymous' }
  | { readonly kind: 'visitor'; readonly claims: VisitorClaims }
  | { readonly kind: 'operator'; readonly operator: Operator; readonly setCookies: readonly string[] };

/** The caller, and why credentials were not accepted, so that an access rule can refuse with the right reason. */
export interface Identification {
  readonly caller: Caller;
  /** Set when the request had invalid credentials. */
  readonly objection?: ChatError;
}

const ANONYMOUS: Caller = { kind: 'anonymous' };

/**
 * Identifies the caller. A bearer token (a visitor's) takes precedence, because the widget's frame shares its origin, and so its cookies, with the console.
 * Otherwise the session cookie counts; for requests that change something only if a page of this system sent them.
 *
 * @throws ChatError `unavailable` when the database is away
 */
export async function identify(request: HttpRequest, { tokens, auth, config }: Services): Promise<Identification> {
  const authorization = request.headers.get('authorization');
  if (authorization !== null) return await identifyVisitor(authorization, tokens);
  if (!hasSessionCookie(request.headers)) return { caller: ANONYMOUS };
  if (request.method !== 'GET' && request.method !== 'HEAD' && !comesFromOwnPage(request.headers, config))
    return { caller: ANONYMOUS, objection: errorFor('foreign_page', { origin: config.frontendOrigins[0] }) };
  const { operator, setCookies } = await operatorOf(auth, request.headers);
  return { caller: operator === undefined ? ANONYMOUS : { kind: 'operator', operator, setCookies } };
}

async function identifyVisitor(authorization: string, tokens: Services['tokens']): Promise<Identification> {
  const token = /^Bearer ([\w.-]{1,4096})$/i.exec(authorization)?.[1];
  if (token === undefined) return invalidToken();
  try {
    const claims = await tokens.verifyRelayToken(token);
    // An operator's relay token is for the relay only: the API takes the session cookie, which can be revoked.
    return claims.role === 'client' ? { caller: { kind: 'visitor', claims } } : invalidToken();
  } catch {
    // verifyRelayToken rejects with InvalidTokenError and nothing else.
    return invalidToken();
  }
}

function invalidToken(): Identification {
  return { caller: ANONYMOUS, objection: errorFor('token_invalid') };
}

/** An identified caller. */
export type KnownCaller = Exclude<Caller, { kind: 'anonymous' }>;

/** The caller as an actor of packages/chat. */
export function actorOf(caller: KnownCaller): OperatorActor | VisitorActor {
  if (caller.kind === 'operator') return operatorActor(caller.operator);
  return visitorActor(caller.claims);
}

export function visitorActor({ id, sessionId }: VisitorClaims): VisitorActor {
  return { kind: 'visitor', clientId: id, sessionId };
}

export function operatorActor({ id, name, role }: Operator): OperatorActor {
  return { kind: 'operator', userId: id, name, role };
}
