import { z } from 'zod';

/** Who a relay token speaks for. `id` is the operator's or client's database id; `sessionId` a visitor's address. */
export const relayClaims = z.discriminatedUnion('role', [
  z.object({ role: z.literal('client'), id: z.int().positive(), name: z.string(), sessionId: z.uuid() }),
  z.object({ role: z.literal('operator'), id: z.int().positive(), name: z.string() }),
  z.object({ role: z.literal('service'), id: z.int().nonnegative(), name: z.string() }),
]);
export type RelayClaims = z.infer<typeof relayClaims>;
