import { assign, blockVisitor, markDone, snooze } from '@switchboard/chat';

import { operatorActor } from '../authenticate.ts';
import { idOf } from '../path-id.ts';
import { route } from '../route.ts';

/** Assigns the open chat to an operator or a team, or unassigns it. */
export const setAssignment = route('POST /api/v1/conversations/{id}/assignment', {
  async handle({ services: { chat, afterCommit }, caller, params, body }) {
    const { assignee, team } = afterCommit(await assign(chat, operatorActor(caller.operator), { clientId: idOf(params), ...body }));
    return { assignee, team };
  },
});

/** Marks the conversation as done. */
export const closeChat = route('POST /api/v1/conversations/{id}/close', {
  async handle({ services: { chat, afterCommit }, caller, params, body }) {
    const input = { clientId: idOf(params), done: true, lastSeq: body.expected?.lastSeq };
    return afterCommit(await markDone(chat, operatorActor(caller.operator), input));
  },
});

/** Undoes that. */
export const reopenChat = route('POST /api/v1/conversations/{id}/reopen', {
  async handle({ services: { chat, afterCommit }, caller, params }) {
    return afterCommit(await markDone(chat, operatorActor(caller.operator), { clientId: idOf(params), done: false }));
  },
});

/** Takes the open chat out of the views of open ones, or brings it back. */
export const snoozeChat = route('POST /api/v1/conversations/{id}/snooze', {
  async handle({ services: { chat, afterCommit }, caller, params, body: { expected, ...body } }) {
    const input = { clientId: idOf(params), lastSeq: expected?.lastSeq, ...body };
    return afterCommit(await snooze(chat, operatorActor(caller.operator), input));
  },
});

/** Blocks or unblocks the visitor. */
export const blockConversation = route('POST /api/v1/conversations/{id}/block', {
  async handle({ services: { chat, afterCommit, log }, caller, params, body: { blocked }, requestId }) {
    const clientId = idOf(params);
    const { blockedAt, changed } = afterCommit(await blockVisitor(chat, operatorActor(caller.operator), { clientId, blocked }));
    if (changed) log.info({ requestId, clientId, operatorId: caller.operator.id }, blocked ? 'visitor blocked' : 'visitor unblocked');
    return { blockedAt };
  },
});
