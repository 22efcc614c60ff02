import { requireOpenSession } from '@switchboard/chat';
import type { TokenResponse } from '@switchboard/protocol';

import { visitorActor } from '../../../../server/requests/authenticate.ts';
import { OPTIONS, route } from '../../../../server/requests/route.ts';

export { OPTIONS };

/** A fresh relay token for whoever asks. */
export const POST = route({
  route: '/api/chat/token',
  access: 'visitor-or-operator',
  async handle({ services: { chat, tokens }, caller }) {
    if (caller.kind === 'operator') {
      const { id, name } = caller.operator;
      const answer: TokenResponse = { ...(await tokens.mintRelayToken({ role: 'operator', id, name })), operatorId: id };
      return Response.json(answer);
    }
    // A token must not outlive its conversation by being renewed for ever; nor its absolute end, which is among the claims.
    await requireOpenSession(chat, visitorActor(caller.claims));
    const { role, id, name, sessionId, until } = caller.claims;
    const answer: TokenResponse = await tokens.mintRelayToken({ role, id, name, sessionId, until });
    return Response.json(answer);
  },
});
