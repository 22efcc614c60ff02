import { z } from 'zod';

import { MESSAGE_TYPES, type MessageType } from '../body.ts';
import {
  DEFAULT_PAGE_SIZE,
  MAX_ADDRESS_LENGTH,
  MAX_FILE_NAME_LENGTH,
  MAX_PAGE_SIZE,
  MAX_SAVE_BATCH,
  MAX_TEXT_LENGTH,
  MAX_URL_LENGTH,
} from '../limits.ts';
import { queryNumber, text } from '../shapes.ts';
import { isVisible } from '../visible.ts';
import { answer, json, type Endpoint, type EndpointKey } from './endpoint.ts';
import { epoch, receipts } from './receipts.ts';

interface GivenBody {
  readonly text?: string | null | undefined;
  readonly imageUrl?: string | null | undefined;
}

/** The required field of each type of message. */
const NEEDED: Readonly<Record<MessageType, { field: keyof GivenBody; isGiven: (body: GivenBody) => boolean; problem: string }>> = {
  TEXT: {
    field: 'text',
    isGiven: ({ text: given }) => isVisible(given ?? ''),
    problem: 'a TEXT message needs a text with visible characters',
  },
  IMAGE: { field: 'imageUrl', isGiven: ({ imageUrl }) => (imageUrl ?? '') !== '', problem: 'an IMAGE message needs an imageUrl' },
};

const messageFields = {
  messageKey: z.uuid().transform((value) => value.toLowerCase()),
  messageType: z.enum(MESSAGE_TYPES),
  text: text(MAX_TEXT_LENGTH).nullish(),
  imageUrl: z.string().max(MAX_URL_LENGTH).nullish(),
  imageName: text(MAX_FILE_NAME_LENGTH).nullish(),
  mimeType: z.string().max(100).nullish(),
  sentAt: z.iso.datetime({ offset: true }).nullish(),
};

/** Refuses a message without what its type needs. */
function requireBody(message: GivenBody & { readonly messageType: MessageType }, context: z.RefinementCtx): void {
  const { field, isGiven, problem } = NEEDED[message.messageType];
  if (!isGiven(message)) context.addIssue({ code: 'custom', message: problem, path: [field] });
}

/** A message to save. The caller is its sender; `senderType: 'CLIENT'` from an operator saves on the visitor's behalf. */
export const newMessage = z
  .object({
    ...messageFields,
    sessionId: z.string().max(MAX_ADDRESS_LENGTH).nullish(),
    clientId: z.int().positive().nullish(),
    clientSocketId: z.string().max(MAX_ADDRESS_LENGTH).nullish(),
    senderType: z.enum(['CLIENT', 'OPERATOR']).nullish(),
  })
  .superRefine(requireBody);
export type NewMessage = z.infer<typeof newMessage>;

/** A message of the caller to the conversation that the path names. */
export const newReply = z.object(messageFields).superRefine(requireBody);

export const saveMessagesRequest = z.object({ messages: z.array(newMessage).min(1).max(MAX_SAVE_BATCH) });

export const savedMessage = z
  .object({
    messageKey: z.string(),
    id: z.int(),
    seq: z.int(),
    createdAt: z.iso.datetime(),
    duplicate: z.boolean().describe('Whether the message was already saved before this request.'),
  })
  .meta({ id: 'SavedMessage' });
export type SavedMessage = z.output<typeof savedMessage>;
const saveMessagesResponse = z.object({ messages: z.array(savedMessage) });
export type SaveMessagesResponse = z.output<typeof saveMessagesResponse>;

const pageFields = {
  afterSeq: queryNumber.optional(),
  beforeSeq: queryNumber.optional(),
  limit: queryNumber.pipe(z.int().min(1).max(MAX_PAGE_SIZE)).default(DEFAULT_PAGE_SIZE),
};
const oneDirection = { message: 'afterSeq and beforeSeq can’t be combined', path: ['beforeSeq'] };
const hasOneDirection = (query: { readonly afterSeq?: number | undefined; readonly beforeSeq?: number | undefined }) =>
  query.afterSeq === undefined || query.beforeSeq === undefined;

/** Which messages of the conversation that the path names. */
export const pageQuery = z.object(pageFields).refine(hasOneDirection, oneDirection);
export const readMessagesQuery = z
  .object({ ...pageFields, clientId: queryNumber.pipe(z.int().positive()).optional() })
  .refine(hasOneDirection, oneDirection);

/** A saved message as both sides see it. */
export const messageView = z
  .object({
    id: z.int(),
    messageKey: z.string(),
    seq: z.int(),
    clientId: z.int(),
    senderType: z.enum(['CLIENT', 'OPERATOR']),
    messageType: z.enum(MESSAGE_TYPES),
    text: z.string().nullable(),
    imageUrl: z
      .string()
      .nullable()
      .describe('For an upload to this server, a signed path that expires: fetch the page again for a fresh one.'),
    imageName: z.string().nullable(),
    mimeType: z.string().nullable(),
    imageWidth: z.int().nullable().describe('In pixels, for an upload to this server, so that a page can reserve the space.'),
    imageHeight: z.int().nullable(),
    operatorId: z.int().nullable(),
    operatorName: z.string().nullable(),
    isRead: z.boolean(),
    readAt: z.iso.datetime().nullable(),
    createdAt: z.iso.datetime(),
  })
  .meta({ id: 'Message' });
export type MessageView = z.output<typeof messageView>;

/** A page of messages, ordered by `seq` from old to new in either direction. */
export const messagesPage = z
  .object({
    messages: z.array(messageView),
    lastSeq: z.int().describe('The number of the newest saved message, 0 when there is none.'),
    hasMore: z.boolean().describe('Whether there are more messages in the requested direction (without a cursor: older ones).'),
    receipts,
    readSeq: z.int().optional().describe('Only for an operator: up to which message they have read the conversation themselves.'),
    endedAt: z.iso.datetime().nullable().describe('Set while the conversation is ended.'),
    epoch,
  })
  .meta({ id: 'MessagesPage' });
export type MessagesPage = z.output<typeof messagesPage>;

/** A message of the maximum length whose characters JSON all escapes as `\u0001`, with its other fields. */
export const MAX_MESSAGE_BYTES = 6 * MAX_TEXT_LENGTH + 10_000;

export const messageEndpoints = {
  'POST /api/chat/messages': {
    access: 'visitor-or-operator',
    summary:
      'Saves 1 to 100 messages and answers in the order asked. Idempotent by conversation, sending side and `messageKey`, without a time limit: a repeat returns the first row. ' +
      'The key of another operator’s message is 409 `conflict`: send the message again under a new key. All or nothing; 200 means committed. ' +
      '`senderType: CLIENT` from an operator saves on a visitor’s behalf.',
    body: json(saveMessagesRequest, MAX_SAVE_BATCH * MAX_MESSAGE_BYTES),
    response: answer(saveMessagesResponse),
  },
  'GET /api/chat/messages': {
    access: 'visitor-or-operator',
    summary:
      'A page of one client’s messages by `seq`, oldest first. An operator names the client with `clientId`; a visitor sees only their own.',
    query: readMessagesQuery,
    response: answer(messagesPage),
  },
} as const satisfies Record<EndpointKey, Endpoint>;
