import { z } from 'zod';

import { MAX_MESSAGE_AGE_MS, MAX_TIMINGS } from '../limits.ts';
import { answer, json, type Endpoint, type EndpointKey } from './endpoint.ts';

/** A duration in milliseconds. A negative one (a clock was changed) counts as 0, more than a week as a week. */
const duration = z.number().transform((value) => Math.min(Math.max(value, 0), MAX_MESSAGE_AGE_MS));

/** Message latencies as the sender measured them, in milliseconds. */
export const timingsRequest = z.object({
  relayed: z.array(duration).max(MAX_TIMINGS).default([]).describe('From pressing send to the relay’s acknowledgement.'),
  saved: z.array(duration).max(MAX_TIMINGS).default([]).describe('From pressing send to the answer that the message is committed.'),
  outboxAge: duration.optional().describe('The age of the oldest message in the outbox.'),
});
export type Timings = z.output<typeof timingsRequest>;

/** Enough for 200 numbers with all their digits. */
const MAX_BYTES = 8 * 1024;

export const timingEndpoints = {
  'POST /api/chat/timings': {
    access: 'visitor-or-operator',
    summary: 'Adds message latencies, in milliseconds, to the metrics. Nothing else is stored.',
    body: json(timingsRequest, MAX_BYTES),
    response: answer(z.object({}), 202),
  },
} as const satisfies Record<EndpointKey, Endpoint>;
