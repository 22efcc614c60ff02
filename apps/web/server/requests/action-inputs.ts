import { MESSAGE_TYPES } from '@switchboard/protocol';
import { z } from 'zod';

/** The inputs of the original guide's server actions. `newMessage` of the protocol validates messages; unknown fields are dropped. */

const id = z.int().positive();

export const saveMessageInput = z.object({
  clientId: id,
  clientSocketId: z.string().nullish(),
  senderType: z.enum(['CLIENT', 'OPERATOR']),
  /** Taken from the session instead. */
  operatorId: z.int().nullish(),
  messageType: z.enum(MESSAGE_TYPES),
  text: z.string().nullish(),
  imageUrl: z.string().nullish(),
  imageName: z.string().nullish(),
  mimeType: z.string().nullish(),
  sessionId: z.string().nullish(),
  /** Added to the guide: makes the call idempotent. */
  messageKey: z.string().optional(),
  /** Added to the guide: when it was sent, ISO-8601. */
  sentAt: z.string().nullish(),
});
export type SaveMessageInput = z.input<typeof saveMessageInput>;

export const historyInput = z.object({ clientId: id, limit: z.int().positive().optional(), sessionId: z.string().max(64).optional() });
export type HistoryInput = z.input<typeof historyInput>;

export const markReadInput = z.object({
  clientId: id,
  /** Taken from the session instead. */
  operatorId: z.int().nullish(),
  /** Added to the guide: nothing newer than this. */
  upToSeq: z.int().nonnegative().optional(),
});
export type MarkReadInput = z.input<typeof markReadInput>;
