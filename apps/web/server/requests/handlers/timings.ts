import { route } from '../route.ts';

/** Adds a browser's measurements of message times to the metrics. */
export const noteTimings = route('POST /api/chat/timings', {
  limit: 'timings',
  handle({ services: { timings }, caller, body }) {
    timings.note(caller.kind, body);
    return {};
  },
});
