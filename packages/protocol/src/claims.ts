import { z } from 'zod';

/**
 * The holder of a relay token. `id` is the operator's or client's database id, `sessionId` a visitor's address, `until` (seconds since 1970) the absolute
 * expiry of a visitor's tokens, which renewals do not extend.
 */
export const relayClaims = z.discriminatedUnion('role', [
  z.object({
    role: z.literal('client'),
    id: z.int().positive(),
    name: z.string(),
    sessionId: z.uuid(),
    until: z.int().positive().optional(),
  }),
  z.object({ role: z.literal('operator'), id: z.int().positive(), name: z.string() }),
  z.object({ role: z.literal('service'), id: z.int().nonnegative(), name: z.string() }),
]);
export type RelayClaims = z.infer<typeof relayClaims>;
