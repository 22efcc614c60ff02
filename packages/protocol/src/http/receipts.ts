import { z } from 'zod';

import { seq } from '../shapes.ts';
import { answer, json, type Endpoint, type EndpointKey } from './endpoint.ts';

/** The newest messages, by `seq`, that each side has received and seen from the other. The numbers only grow. */
export const receipts = z
  .object({ clientDeliveredSeq: z.int(), clientReadSeq: z.int(), operatorDeliveredSeq: z.int(), operatorReadSeq: z.int() })
  .meta({ id: 'Receipts' });
export type Receipts = z.output<typeof receipts>;

/** The version of the data's history that an answer belongs to. */
export const epoch = z
  .string()
  .optional()
  .describe('A UUID that changes when the database is restored from a backup: data fetched before may no longer exist.');

/** An operator names the conversation with `clientId`; a visitor's own is in the token. */
export const receiptsRequest = z
  .object({ deliveredSeq: seq.optional(), readSeq: seq.optional(), clientId: z.int().positive().optional(), epoch: z.uuid().optional() })
  .refine((value) => value.deliveredSeq !== undefined || value.readSeq !== undefined, 'deliveredSeq or readSeq is needed');

export const receiptEndpoints = {
  'POST /api/chat/receipts': {
    access: 'visitor-or-operator',
    summary:
      'Records how far the caller’s side has received and seen the other’s messages. The numbers only grow. With an `epoch` from before a restore they are ignored, because they refer to other messages.',
    body: json(receiptsRequest),
    response: answer(receipts),
  },
} as const satisfies Record<EndpointKey, Endpoint>;
