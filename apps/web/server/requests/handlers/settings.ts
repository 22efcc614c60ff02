import { changeSettings, readSettings } from '@switchboard/chat';

import { operatorActor } from '../authenticate.ts';
import { route } from '../route.ts';

/** The settings that the caller may see. */
export const listSettings = route('GET /api/v1/settings', {
  async handle({ services: { chat }, caller }) {
    const { settings } = await readSettings(chat, operatorActor(caller.operator));
    return { items: [...settings], nextCursor: null };
  },
});

/** Changes settings. This server follows at once, the others within ten seconds. */
export const setSettings = route('PATCH /api/v1/settings', {
  async handle({ services: { chat, afterCommit }, caller, body }) {
    const { settings } = afterCommit(await changeSettings(chat, operatorActor(caller.operator), body.changes));
    return { items: [...settings], nextCursor: null };
  },
});
