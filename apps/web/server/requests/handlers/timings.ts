import { route } from '../route.ts';

/** Takes what a browser has measured of its messages' way into the metrics. */
export const noteTimings = route('POST /api/chat/timings', {
  limit: 'timings',
  handle({ services: { timings }, caller, body }) {
    timings.note(caller.kind, body);
    return {};
  },
});
