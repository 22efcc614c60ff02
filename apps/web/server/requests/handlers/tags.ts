import { createTag, listTags, removeTag, renameTag, setTags } from '@switchboard/chat';

import { operatorActor } from '../authenticate.ts';
import { idOf } from '../path-id.ts';
import { route } from '../route.ts';

/** A page of all tags. */
export const readTags = route('GET /api/v1/tags', {
  async handle({ services: { chat }, caller, query }) {
    return await listTags(chat, operatorActor(caller.operator), query);
  },
});

/** Adds a tag, or answers the one that there is. */
export const addTag = route('POST /api/v1/tags', {
  async handle({ services: { chat }, caller, body }) {
    return await createTag(chat, operatorActor(caller.operator), body);
  },
});

/** Renames a tag. */
export const changeTag = route('PATCH /api/v1/tags/{id}', {
  async handle({ services: { chat }, caller, params, body }) {
    return await renameTag(chat, operatorActor(caller.operator), { tagId: idOf(params), ...body });
  },
});

/** Removes a tag, also from chats. */
export const deleteTag = route('DELETE /api/v1/tags/{id}', {
  async handle({ services: { chat }, caller, params }) {
    await removeTag(chat, operatorActor(caller.operator), { tagId: idOf(params) });
    return {};
  },
});

/** Sets the tags of the newest chat of a conversation. */
export const tagConversation = route('PUT /api/v1/conversations/{id}/tags', {
  async handle({ services: { chat, afterCommit }, caller, params, body }) {
    return afterCommit(await setTags(chat, operatorActor(caller.operator), { clientId: idOf(params), ...body }));
  },
});
