import { readPage } from '@switchboard/chat';
import type { TokenResponse } from '@switchboard/protocol';

import { actorOf } from '../../../../server/authenticate.ts';
import { OPTIONS, route } from '../../../../server/route.ts';

export { OPTIONS };

/** A fresh relay token for whoever asks. */
export const POST = route({
  route: '/api/chat/token',
  access: 'visitor-or-operator',
  async handle({ services: { chat, tokens }, caller }) {
    // A visitor's token must not outlive its conversation by being renewed for ever.
    if (caller.kind === 'visitor') await readPage(chat, actorOf(caller), { limit: 1 });
    const answer: TokenResponse = await tokens.mintRelayToken(
      caller.kind === 'visitor' ? caller.claims : { role: 'operator', id: caller.operator.id, name: caller.operator.name },
    );
    return Response.json(answer);
  },
});
