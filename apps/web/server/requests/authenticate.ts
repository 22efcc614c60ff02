import type { OperatorActor, VisitorActor } from '@switchboard/chat';
import { errorFor, type ChatError, type RelayClaims } from '@switchboard/protocol';

import type { HttpRequest } from '../parts/http/http-request.ts';
import { hasSessionCookie, operatorOf, type Operator } from '../parts/auth/operator.ts';
import { comesFromOwnPage } from '../parts/http/origins.ts';
import type { Services } from '../services/services.ts';

type VisitorClaims = Extract<RelayClaims, { role: 'client' }>;

/** Who asks, and how that was proved. */
export type Caller =
  | { readonly kind: 'anonymous' }
  | { readonly kind: 'visitor'; readonly claims: VisitorClaims }
  | { readonly kind: 'operator'; readonly operator: Operator; readonly setCookies: readonly string[] };

/** What may have been offered and why it does not count, so that a rule can refuse with the right reason. */
export interface Identification {
  readonly caller: Caller;
  /** Set when something was offered that proves nothing. */
  readonly objection?: ChatError;
}

const ANONYMOUS: Caller = { kind: 'anonymous' };

/**
 * Finds out who asks. A Bearer token decides when there is one (a visitor's; the widget's frame shares its origin, and so its cookies, with the
 * console); otherwise the session cookie does, for requests that change something only when a page of ours sent them.
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
    // An operator's relay token is for the relay alone: here its session cookie speaks, which can be revoked.
    return claims.role === 'client' ? { caller: { kind: 'visitor', claims } } : invalidToken();
  } catch {
    // verifyRelayToken rejects with InvalidTokenError and nothing else.
    return invalidToken();
  }
}

function invalidToken(): Identification {
  return { caller: ANONYMOUS, objection: errorFor('token_invalid') };
}

/** A caller that is somebody. */
export type KnownCaller = Exclude<Caller, { kind: 'anonymous' }>;

/** The same person to the rules of packages/chat. */
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
