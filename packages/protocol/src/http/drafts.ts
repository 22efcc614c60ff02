import { z } from 'zod';

import { MAX_TEXT_LENGTH } from '../limits.ts';
import { text } from '../shapes.ts';
import { answer, json, type Endpoint, type EndpointKey } from './endpoint.ts';
import { listOf, pageQuery } from './lists.ts';

const kind = z.enum(['reply', 'note']);
const draftView = z
  .object({
    clientId: z.int(),
    kind,
    text: z.string().describe('Empty where the operator has removed it.'),
    version: z.int(),
    updatedAt: z.iso.datetime(),
  })
  .meta({ id: 'Draft' });
/** What an operator has begun to write in a conversation. Nobody else reads it. */
export type DraftView = z.output<typeof draftView>;

/** PostgreSQL's largest `integer`. */
const MAX_VERSION = 2_147_483_647;
const saveDraftRequest = z.object({
  kind,
  text: text(MAX_TEXT_LENGTH),
  version: z.int().positive().max(MAX_VERSION).describe('Larger than that of the draft that this one replaces.'),
});

/** A draft of the maximum length whose characters JSON all escapes as `\u0001`, with its other fields. */
const MAX_DRAFT_BYTES = 6 * MAX_TEXT_LENGTH + 4_000;

export const draftEndpoints = {
  'GET /api/v1/drafts': {
    access: 'operator',
    summary: 'The caller’s own drafts that are not empty, newest first.',
    query: pageQuery,
    response: answer(listOf(draftView)),
  },
  'PUT /api/v1/conversations/{id}/draft': {
    access: 'operator',
    summary:
      'Saves the caller’s draft of a reply or a note. The largest version wins: with one that is not larger than the stored one nothing is saved, `applied` is false and `draft` is what is stored. An empty text removes a draft, but keeps its version, so that a late request cannot bring it back.',
    body: json(saveDraftRequest, MAX_DRAFT_BYTES),
    response: answer(z.object({ applied: z.boolean(), draft: draftView })),
  },
} as const satisfies Record<EndpointKey, Endpoint>;
