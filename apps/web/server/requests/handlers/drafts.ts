import { listDrafts, saveDraft } from '@switchboard/chat';

import { operatorActor } from '../authenticate.ts';
import { idOf } from '../path-id.ts';
import { route } from '../route.ts';

/** A page of the caller's own drafts. */
export const readDrafts = route('GET /api/v1/drafts', {
  async handle({ services: { chat }, caller, query }) {
    return await listDrafts(chat, operatorActor(caller.operator), query);
  },
});

/** Saves the caller's draft in a conversation. */
export const keepDraft = route('PUT /api/v1/conversations/{id}/draft', {
  async handle({ services: { chat }, caller, params, body }) {
    return await saveDraft(chat, operatorActor(caller.operator), { clientId: idOf(params), ...body });
  },
});
