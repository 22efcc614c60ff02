import { z } from 'zod';

import { seq } from '../shapes.ts';
import { answer, json, type Endpoint, type EndpointKey } from './endpoint.ts';

/** How far each side has received and seen the other's messages: numbers of `seq` that only grow. */
export const receipts = z
  .object({ clientDeliveredSeq: z.int(), clientReadSeq: z.int(), operatorDeliveredSeq: z.int(), operatorReadSeq: z.int() })
  .meta({ id: 'Receipts' });
export type Receipts = z.output<typeof receipts>;

/** Which history of the data an answer belongs to. */
export const epoch = z
  .string()
  .optional()
  .describe('A UUID that changes when the database is restored from a backup: what was fetched before may be gone.');

/** `clientId` says which conversation when an operator asks; a visitor's own is in the token. */
export const receiptsRequest = z
  .object({ deliveredSeq: seq.optional(), readSeq: seq.optional(), clientId: z.int().positive().optional(), epoch: z.uuid().optional() })
  .refine((value) => value.deliveredSeq !== undefined || value.readSeq !== undefined, 'deliveredSeq or readSeq is needed');

export const receiptEndpoints = {
  'POST /api/chat/receipts': {
    access: 'visitor-or-operator',
    summary:
      'Notes how far the caller’s side has received and seen the other’s messages. The numbers only grow. With an `epoch` from before a restore they change nothing: they number other messages.',
    body: json(receiptsRequest),
    response: answer(receipts),
  },
} as const satisfies Record<EndpointKey, Endpoint>;
