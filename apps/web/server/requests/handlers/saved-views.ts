import { changeSavedView, createSavedView, listSavedViews, removeSavedView } from '@switchboard/chat';

import { operatorActor } from '../authenticate.ts';
import { idOf } from '../path-id.ts';
import { route } from '../route.ts';

/** The views that the caller has saved. */
export const listOwnViews = route('GET /api/v1/saved-views', {
  async handle({ services: { chat }, caller }) {
    return { items: await listSavedViews(chat, operatorActor(caller.operator)), nextCursor: null };
  },
});

/** Saves a view of the caller. */
export const saveView = route('POST /api/v1/saved-views', {
  async handle({ services: { chat }, caller, body }) {
    return await createSavedView(chat, operatorActor(caller.operator), body);
  },
});

/** Changes a view that the caller has saved. */
export const changeView = route('PATCH /api/v1/saved-views/{id}', {
  async handle({ services: { chat }, caller, params, body }) {
    return await changeSavedView(chat, operatorActor(caller.operator), { ...body, id: idOf(params) });
  },
});

/** Removes a view that the caller has saved. */
export const removeView = route('DELETE /api/v1/saved-views/{id}', {
  async handle({ services: { chat }, caller, params }) {
    await removeSavedView(chat, operatorActor(caller.operator), idOf(params));
    return {};
  },
});
