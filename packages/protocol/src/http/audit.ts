import { z } from 'zod';

import { answer, type Endpoint, type EndpointKey } from './endpoint.ts';
import { listOf, pageQuery } from './lists.ts';

const auditEntry = z
  .object({
    id: z.int(),
    at: z.iso.datetime(),
    actor: z.object({
      kind: z.enum(['operator', 'system']).describe('`system`: the command line, or the server itself.'),
      id: z.int().nullable(),
      name: z.string().nullable().describe('At that time.'),
    }),
    action: z.string().describe('What was done: `team.changed`.'),
    subject: z.string().describe('What it was done to: `team:3`.'),
    from: z.unknown().describe('The changed values by their names, before; null where there are none.'),
    to: z.unknown().describe('The same afterwards.'),
  })
  .meta({ id: 'AuditEntry' });
/** What somebody has changed outside of conversations. */
export type AuditEntry = z.output<typeof auditEntry>;

export const auditEndpoints = {
  'GET /api/v1/audit': {
    access: 'admin',
    summary: 'What was changed outside of conversations (accounts, teams, inboxes …), the newest first.',
    query: pageQuery,
    response: answer(listOf(auditEntry)),
  },
} as const satisfies Record<EndpointKey, Endpoint>;
