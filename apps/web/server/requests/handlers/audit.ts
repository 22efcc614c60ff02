import { listAudit } from '@switchboard/chat';

import { operatorActor } from '../authenticate.ts';
import { route } from '../route.ts';

/** What was changed outside of conversations. */
export const readAudit = route('GET /api/v1/audit', {
  async handle({ services: { chat }, caller, query }) {
    return await listAudit(chat, operatorActor(caller.operator), query);
  },
});
