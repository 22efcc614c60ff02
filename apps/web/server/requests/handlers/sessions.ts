import { adoptSession, endChat, requireOpenSession, startSession } from '@switchboard/chat';
import { errorFor, type startSessionRequest, type StartSessionResponse } from '@switchboard/protocol';
import type { ResumeClaims } from '@switchboard/tokens';
import type { z } from 'zod';

import { actorOf, operatorActor, visitorActor, type Caller } from '../authenticate.ts';
import { route } from '../route.ts';
import type { Services } from '../../services/services.ts';

/**
 * Starts or resumes a visitor's conversation; or, for an operator with a `clientSocketId`, finds or makes the one of an old front-end. An operator
 * who tries the widget in their own browser is a visitor here: the request decides, not the cookie.
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
  // A conversation in which nothing can be saved is not begun; one that there is can be read.
  const mayBegin = input.resumeToken === undefined;
  if (actor.kind === 'anonymous' && mayBegin) await saveState.require();
  const { clientId, sessionId, username, resumed } = await startSession(chat, actor, input, {
    userAgent: userAgent?.slice(0, 500),
    resume,
    mayBegin,
  });
  // A conversation that goes on keeps the absolute end of its first token.
  const until = !resumed ? undefined : caller.kind === 'visitor' ? caller.claims.until : resume?.until;
  const [{ token, expiresAt }, { token: resumeToken }] = await Promise.all([
    tokens.mintRelayToken({ role: 'client', id: clientId, name: username, sessionId, until }),
    tokens.mintResumeToken({ clientId, sessionId, until }),
  ]);
  return { token, expiresAt, resumeToken, clientId, sessionId, username };
}

async function resumable(tokens: Services['tokens'], resumeToken: string): Promise<ResumeClaims | undefined> {
  try {
    const claims = await tokens.verifyResumeToken(resumeToken);
    // Verifying allows for clocks that differ; the absolute end does not move.
    return claims.until !== undefined && claims.until * 1_000 <= Date.now() ? undefined : claims;
  } catch {
    // Only ever InvalidTokenError: too old or not ours. Then there is nothing to resume.
    return undefined;
  }
}

/** A fresh relay token for the caller. */
export const renewToken = route('POST /api/chat/token', {
  async handle({ services: { chat, tokens }, caller }) {
    if (caller.kind === 'operator') {
      const { id, name } = caller.operator;
      return { ...(await tokens.mintRelayToken({ role: 'operator', id, name })), operatorId: id };
    }
    // Renewing must not keep a token alive after its conversation, nor move its absolute end, which is among the claims.
    await requireOpenSession(chat, visitorActor(caller.claims));
    const { role, id, name, sessionId, until } = caller.claims;
    return await tokens.mintRelayToken({ role, id, name, sessionId, until });
  },
});

/** Ends the conversation. A visitor who does so is out: their tokens open nothing but the last page. After an operator it goes on with the next message. */
export const endConversation = route('POST /api/chat/end', {
  async handle({ services: { chat, afterCommit }, caller, body }) {
    return afterCommit(await endChat(chat, actorOf(caller), body));
  },
});
