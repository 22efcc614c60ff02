import { z } from 'zod';

import { MAX_URL_LENGTH } from '../limits.ts';
import { text } from '../shapes.ts';
import { answer, json, type Endpoint, type EndpointKey } from './endpoint.ts';

const visitPageRequest = z.object({
  url: text(Infinity)
    .min(1)
    .transform((value) => value.slice(0, MAX_URL_LENGTH)),
  at: z.iso.datetime({ offset: true }).optional(),
});

const blockVisitorResponse = z.object({ blockedAt: z.iso.datetime().nullable().describe('Null when the visitor is not blocked.') });

export const visitorEndpoints = {
  'POST /api/chat/page': {
    access: 'visitor',
    summary:
      'Records that the visitor is online, the page of the host site they are on, and when they opened it (`at`). The widget calls it when the visitor moves to another page, and every 60 s while the page is visible.',
    body: json(visitPageRequest),
    response: answer(z.object({})),
  },
  'POST /api/chat/block': {
    access: 'operator',
    summary:
      'Blocks or unblocks a visitor. While a visitor is blocked, their requests get 403 `blocked`, and nothing is saved in the conversation. Existing messages stay.',
    body: json(z.object({ clientId: z.int().positive(), blocked: z.boolean() })),
    response: answer(blockVisitorResponse),
  },
} as const satisfies Record<EndpointKey, Endpoint>;
