import { adoptSession, endChat, readTeams, requireOpenSession, startSession } from '@switchboard/chat';
import { errorFor, type startSessionRequest, type StartSessionResponse } from '@switchboard/protocol';
import type { ResumeClaims } from '@switchboard/tokens';
import type { z } from 'zod';

import { actorOf, operatorActor, visitorActor, type Caller } from '../authenticate.ts';
import { route } from '../route.ts';
import type { Services } from '../../services/services.ts';

/**
 * Starts or resumes a visitor's conversation; or, for an operator who sends a `clientSocketId`, finds or creates the conversation of an old front-end. An operator
 * who tries the widget in their own browser is a visitor: the request decides, not the cookie.
 */
export const openSession = route('POST /api/chat/sessions', {
  limit: 'conversations',
  async handle({ request, services, caller, body }) {
    if (!('clientSocketId' in body)) {
      return await start(services, caller, body, request.headers.get('user-agent') ?? undefined);
    }
    if (caller.kind !== 'operator')
      throw errorFor('sign_in_required', undefined, { fields: { clientSocketId: 'is for signed-in operators only' } });
    const { clientId, sessionId, username } = await adoptSession(services.chat, operatorActor(caller.operator), body);
    return { clientId, sessionId, username };
  },
});

async function start(
  { chat, tokens, saveState }: Services,
  caller: Caller,
  input: z.output<typeof startSessionRequest>,
  userAgent: string | undefined,
): Promise<StartSessionResponse> {
  const actor = caller.kind === 'visitor' ? actorOf(caller) : { kind: 'anonymous' as const };
  const resume = input.resumeToken === undefined ? undefined : await resumable(tokens, input.resumeToken);
  // No conversation is begun while nothing can be saved; an existing one can be read.
  const mayBegin = input.resumeToken === undefined;
  if (actor.kind === 'anonymous' && mayBegin) await saveState.require();
  const { clientId, sessionId, username, resumed, audience } = await startSession(chat, actor, input, {
    userAgent: userAgent?.slice(0, 500),
    resume,
    mayBegin,
  });
  // A resumed conversation keeps the absolute end of its first token.
  const until = !resumed ? undefined : caller.kind === 'visitor' ? caller.claims.until : resume?.until;
  const [{ token, expiresAt }, { token: resumeToken }] = await Promise.all([
    tokens.mintRelayToken({ role: 'client', id: clientId, name: username, sessionId, until, audience }),
    tokens.mintResumeToken({ clientId, sessionId, until }),
  ]);
  return { token, expiresAt, resumeToken, clientId, sessionId, username };
}

async function resumable(tokens: Services['tokens'], resumeToken: string): Promise<ResumeClaims | undefined> {
  try {
    const claims = await tokens.verifyResumeToken(resumeToken);
    // Verifying tolerates clock differences; the absolute end does not.
    return claims.until !== undefined && claims.until * 1_000 <= Date.now() ? undefined : claims;
  } catch {
    // Always InvalidTokenError: expired or forged. Then there is nothing to resume.
    return undefined;
  }
}

/** A fresh relay token for the caller. */
export const renewToken = route('POST /api/chat/token', {
  async handle({ services: { chat, tokens }, caller }) {
    if (caller.kind === 'operator') {
      const { id, name } = caller.operator;
      const teams = await readTeams(chat, operatorActor(caller.operator));
      const claims = { role: 'operator' as const, id, name, ...(teams === undefined ? {} : { teams: [...teams] }) };
      return { ...(await tokens.mintRelayToken(claims)), operatorId: id };
    }
    // Renewing must not outlive the conversation, nor extend the absolute end in the claims.
    const audience = await requireOpenSession(chat, visitorActor(caller.claims));
    const { role, id, name, sessionId, until } = caller.claims;
    return await tokens.mintRelayToken({ role, id, name, sessionId, until, audience });
  },
});

/** Ends the conversation. After a visitor's end, their tokens only give access to the last page. After an operator's end, the next message reopens it. */
export const endConversation = route('POST /api/chat/end', {
  async handle({ services: { chat, afterCommit }, caller, body }) {
    return afterCommit(await endChat(chat, actorOf(caller), body));
  },
});
