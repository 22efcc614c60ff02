import { timingsRequest } from '@switchboard/protocol';

import { json, OPTIONS, route } from '../../../../server/requests/route.ts';

export { OPTIONS };

/** Two hundred numbers with all their digits. */
const MAX_BYTES = 8 * 1024;

/** Takes what a browser has measured of its messages' way into the metrics. Nothing is kept, and nothing of it is anybody's. */
export const POST = route({
  route: '/api/chat/timings',
  access: 'visitor-or-operator',
  limit: 'timings',
  body: json(timingsRequest, MAX_BYTES),
  async handle({ services: { timings }, caller, body }) {
    timings.note(caller.kind, body);
    return await Promise.resolve(Response.json({}, { status: 202 }));
  },
});
