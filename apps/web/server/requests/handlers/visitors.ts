import { blockVisitor, visitPage } from '@switchboard/chat';

import { operatorActor, visitorActor } from '../authenticate.ts';
import { route } from '../route.ts';

/** Blocks a visitor and closes their connections to the relay, or unblocks them. */
export const setBlocked = route('POST /api/chat/block', {
  async handle({ services: { chat, afterCommit, log }, caller, body, requestId }) {
    const { clientId, blocked } = body;
    const { blockedAt, changed } = afterCommit(await blockVisitor(chat, operatorActor(caller.operator), body));
    if (changed) log.info({ requestId, clientId, operatorId: caller.operator.id }, blocked ? 'visitor blocked' : 'visitor unblocked');
    return { blockedAt };
  },
});

/** Records the page that a visitor is on, and that they are active. */
export const notePage = route('POST /api/chat/page', {
  limit: 'pages',
  async handle({ services: { chat, afterCommit }, caller, body }) {
    afterCommit(await visitPage(chat, visitorActor(caller.claims), body));
    return {};
  },
});
