import { changeOperator, listOperators, readOperator, removeOperator } from '@switchboard/chat';

import { operatorActor } from '../authenticate.ts';
import { idOf } from '../path-id.ts';
import { route } from '../route.ts';

/** The operators. */
export const getOperators = route('GET /api/v1/operators', {
  async handle({ services: { chat }, caller, query }) {
    return await listOperators(chat, operatorActor(caller.operator), query);
  },
});

/** One operator. */
export const getOperator = route('GET /api/v1/operators/{id}', {
  async handle({ services: { chat }, caller, params }) {
    return await readOperator(chat, operatorActor(caller.operator), idOf(params));
  },
});

/** Changes an operator. */
export const patchOperator = route('PATCH /api/v1/operators/{id}', {
  async handle({ services: { chat, afterCommit }, caller, params, body }) {
    const actor = operatorActor(caller.operator);
    const { id } = afterCommit(await changeOperator(chat, actor, { id: idOf(params) }, body));
    return await readOperator(chat, actor, id);
  },
});

/** Removes an operator. */
export const deleteOperator = route('DELETE /api/v1/operators/{id}', {
  async handle({ services: { chat, afterCommit }, caller, params }) {
    afterCommit(await removeOperator(chat, operatorActor(caller.operator), { id: idOf(params) }));
    return {};
  },
});
