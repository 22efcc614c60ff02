import { adoptSession, startSession } from '@switchboard/chat';
import { adoptSessionRequest, ChatError, parse, startSessionRequest, type StartSessionResponse } from '@switchboard/protocol';
import type { ResumeClaims } from '@switchboard/tokens';
import { z } from 'zod';

import { actorOf, operatorActor, type Caller } from '../../../../server/requests/authenticate.ts';
import { json, OPTIONS, route } from '../../../../server/requests/route.ts';
import type { Services } from '../../../../server/services/services.ts';

export { OPTIONS };

/**
 * Starts or resumes a visitor's conversation; or, asked by an operator with a `clientSocketId`, finds or makes the one of an old front-end. An
 * operator that tries the widget in its own browser is a visitor here: what is asked for decides, not the cookie.
 */
export const POST = route({
  route: '/api/chat/sessions',
  access: 'anyone',
  limit: 'conversations',
  body: json(z.record(z.string(), z.unknown())),
  async handle({ request, services, caller, body }) {
    if (!('clientSocketId' in body)) {
      const started = await start(services, caller, parse(startSessionRequest, body), request.headers.get('user-agent') ?? undefined);
      return Response.json(started, { status: 201 });
    }
    if (caller.kind !== 'operator') throw new ChatError('unauthenticated', 'Only a signed-in operator may send a clientSocketId.');
    const adopted = await adoptSession(services.chat, operatorActor(caller.operator), parse(adoptSessionRequest, body));
    const answer: StartSessionResponse = { clientId: adopted.clientId, sessionId: adopted.sessionId, username: adopted.username };
    return Response.json(answer, { status: 201 });
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
