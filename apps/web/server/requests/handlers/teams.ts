import { changeTeam, createTeam, listTeams, removeTeam } from '@switchboard/chat';

import { operatorActor } from '../authenticate.ts';
import { idOf } from '../path-id.ts';
import { route } from '../route.ts';

/** The teams. */
export const getTeams = route('GET /api/v1/teams', {
  async handle({ services: { chat }, caller, query }) {
    return await listTeams(chat, operatorActor(caller.operator), query);
  },
});

/** Creates a team. */
export const postTeam = route('POST /api/v1/teams', {
  async handle({ services: { chat, afterCommit }, caller, body }) {
    return afterCommit(await createTeam(chat, operatorActor(caller.operator), body));
  },
});

/** Changes a team. */
export const patchTeam = route('PATCH /api/v1/teams/{id}', {
  async handle({ services: { chat, afterCommit }, caller, params, body }) {
    return afterCommit(await changeTeam(chat, operatorActor(caller.operator), idOf(params), body));
  },
});

/** Removes a team. */
export const deleteTeam = route('DELETE /api/v1/teams/{id}', {
  async handle({ services: { chat, afterCommit }, caller, params }) {
    afterCommit(await removeTeam(chat, operatorActor(caller.operator), idOf(params)));
    return {};
  },
});
