import { z } from 'zod';

/** Which operators may see a conversation: those of its team (of no team: all), its assignee, and those who see every conversation. */
export const audience = z.object({ teamId: z.int().positive().nullable(), assigneeId: z.int().positive().nullable() });
export type Audience = z.infer<typeof audience>;

/**
 * The holder of a relay token. `id` is the operator's or client's database id, `sessionId` a visitor's address, `until` (seconds since 1970) the absolute
 * expiry of a visitor's tokens, which renewals do not extend. `audience` is the conversation's when the token was made. `teams` are those of an operator who
 * does not see every conversation; without it they do.
 */
export const relayClaims = z.discriminatedUnion('role', [
  z.object({
    role: z.literal('client'),
    id: z.int().positive(),
    name: z.string(),
    sessionId: z.uuid(),
    until: z.int().positive().optional(),
    audience: audience.optional(),
  }),
  z.object({ role: z.literal('operator'), id: z.int().positive(), name: z.string(), teams: z.array(z.int().positive()).optional() }),
  z.object({ role: z.literal('service'), id: z.int().nonnegative(), name: z.string() }),
]);
export type RelayClaims = z.infer<typeof relayClaims>;
