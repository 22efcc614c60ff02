import { z } from 'zod';

import { MAX_MESSAGE_AGE_MS, MAX_TIMINGS } from '../limits.ts';
import { answer, json, type Endpoint, type EndpointKey } from './endpoint.ts';

/** Milliseconds that something took. A negative number (a clock was set) counts as 0, more than a week as a week. */
const duration = z.number().transform((value) => Math.min(Math.max(value, 0), MAX_MESSAGE_AGE_MS));

/** How long messages took on their way, as the sender saw it. All in milliseconds. */
export const timingsRequest = z.object({
  relayed: z.array(duration).max(MAX_TIMINGS).default([]).describe('From pressing send to the relay’s acknowledgement.'),
  saved: z.array(duration).max(MAX_TIMINGS).default([]).describe('From pressing send to the answer that says "committed".'),
  outboxAge: duration.optional().describe('Of the oldest message that waits in the outbox.'),
});
export type Timings = z.output<typeof timingsRequest>;

/** Two hundred numbers with all their digits. */
const MAX_BYTES = 8 * 1024;

export const timingEndpoints = {
  'POST /api/chat/timings': {
    access: 'visitor-or-operator',
    summary: 'Takes how long messages took, in milliseconds, into the metrics. Nothing else is kept.',
    body: json(timingsRequest, MAX_BYTES),
    response: answer(z.object({}), 202),
  },
} as const satisfies Record<EndpointKey, Endpoint>;
