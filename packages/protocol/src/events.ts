import { z } from 'zod';

import type { BodyType, RelayedBody } from './body.ts';
import { audience } from './claims.ts';
import type { WireError } from './errors.ts';
import {
  MAX_ADDRESS_LENGTH,
  MAX_CHANGE_KIND_LENGTH,
  MAX_CHANGE_KINDS,
  MAX_FILE_NAME_LENGTH,
  MAX_NAME_LENGTH,
  MAX_TEXT_LENGTH,
} from './limits.ts';
import { isVisible } from './visible.ts';

/**
 * The socket events. Names, directions and fields are frozen (docs/wire.md); optional fields and events may be added. Unknown fields are dropped, so that
 * an old peer that sends extra fields keeps working; known fields of the wrong type are refused. Old peers send `null` for "none".
 */
const address = z.string().min(1).max(MAX_ADDRESS_LENGTH);
const messageKey = z.uuid();
const name = z.string().max(MAX_NAME_LENGTH);
const operatorId = z.union([z.int(), z.string().max(MAX_ADDRESS_LENGTH)]);

const content = {
  type: z.string().min(1).max(32),
  message: z.string().max(MAX_TEXT_LENGTH).nullish(),
  /** A URL, or from an old front-end a whole image as a data URL, up to the relay's payload limit. */
  image: z.string().nullish(),
  name: z.string().max(MAX_FILE_NAME_LENGTH).nullish(),
  mimeType: z.string().max(100).nullish(),
};

const HAS_CONTENT: Readonly<Record<BodyType, (body: RelayedBody) => boolean>> = {
  text: ({ message }) => message != null && isVisible(message),
  image: ({ image }) => image != null && image !== '',
};
const isBodyType = (type: string): type is BodyType => Object.hasOwn(HAS_CONTENT, type);

/** Whether a message has the content that its type needs. Other types, which old peers may use, need the content of any known type. */
function hasContent(body: RelayedBody): boolean {
  const type = body.type.toLowerCase();
  return isBodyType(type) ? HAS_CONTENT[type](body) : Object.values(HAS_CONTENT).some((has) => has(body));
}
const NO_CONTENT = { message: 'a text needs a non-empty "message", an image a non-empty "image"', path: ['message'] };

/** Events that peers send to the relay, each with the schema of its payload. The relay's handler table has exactly these keys. */
export const peerEvents = {
  join: z.object({ role: z.enum(['client', 'operator']), name: name.nullish(), operatorId: operatorId.nullish() }),
  clientMessage: z
    .object({ ...content, size: z.number().nonnegative().nullish(), messageKey: messageKey.nullish() })
    .refine(hasContent, NO_CONTENT),
  clientTyping: z.object({ isTyping: z.boolean() }),
  /** Has no payload; anything an old peer sends is ignored. */
  chatEnded: z.unknown(),
  operatorMessage: z
    .object({ ...content, to: address, operatorId: operatorId.nullish(), operatorName: name.nullish(), messageKey: messageKey.nullish() })
    .refine(hasContent, NO_CONTENT),
  /** Only asks for an acknowledgement, so that a peer can check whether its connection still works. */
  check: z.unknown(),
  operatorTyping: z.object({ to: address, isTyping: z.boolean(), operatorName: name.nullish() }),
  /** What an operator does in the conversation of this address: repeated every few seconds while it lasts. */
  operatorActivity: z.object({ to: address, state: z.enum(['viewing', 'typing', 'left']) }),
} as const;

export type PeerEventName = keyof typeof peerEvents;
/** The parsed payload of each peer event. */
export type PeerPayloads = { [E in PeerEventName]: z.infer<(typeof peerEvents)[E]> };
/** The payload of each peer event as a sender writes it. */
export type PeerInputs = { [E in PeerEventName]: z.input<(typeof peerEvents)[E]> };

/**
 * The original values of fields that the relay changed. With `SANITIZE_HTML=true` the relay strips markup from texts for front-ends that show them as HTML.
 * Front-ends that show plain text use the originals, and the originals are saved.
 */
export interface Original {
  message?: string;
  image?: string;
  name?: string;
  mimeType?: string;
  operatorName?: string;
  username?: string;
}

interface RelayedContent extends RelayedBody {
  /** ISO-8601 UTC with milliseconds, stamped by the relay: the same for every receiver. */
  timestamp: string;
  messageKey?: string | undefined;
  original?: Original | undefined;
}

/** Events that the relay sends to peers. */
export interface RelayPayloads {
  newChat: { clientId: string; username?: string | null | undefined; original?: Original | undefined };
  incomingMessage: RelayedContent & { from: string; size?: number | null | undefined };
  clientTyping: { from: string; isTyping: boolean };
  chatEnded: { clientId: string };
  operatorMessage: RelayedContent & { operatorName?: string | null | undefined };
  operatorBroadcast: RelayedContent & {
    clientId: string;
    operatorId?: number | string | null | undefined;
    operatorName?: string | null | undefined;
  };
  operatorTyping: { isTyping: boolean; operatorName?: string | null | undefined; original?: Original | undefined };
  /** What another operator does in a conversation. Forget it after 15 s without a repetition. */
  operatorActivity: {
    clientId: string;
    operatorId: number;
    operatorName: string;
    state: 'viewing' | 'typing' | 'left';
    original?: Original | undefined;
  };
  error: Pick<WireError, 'message'> & Partial<WireError>;
  /**
   * A hint that this address has new data in the database. It carries no content: fetch if behind. `visitorChanged`: something other than the messages has
   * changed. `what`, for operators: the kinds of change (`ChangeKind`, or kinds of a later version); older senders omit it.
   */
  conversationChanged: { clientId: string; lastSeq: number; visitorChanged?: boolean | undefined; what?: readonly string[] | undefined };
  /** A hint that one side has received and seen messages up to these numbers. The next fetched page is authoritative. */
  messagesSeen: { clientId: string; by: 'client' | 'operator'; deliveredSeq: number; readSeq: number };
  /** A hint that this peer may have missed events although its connection looked healthy. Fetch after a random delay: every peer gets this hint. */
  resync: Record<string, never>;
}

/** The relay's acknowledgement of an event. It means *relayed*, never *saved*. */
export type Acknowledgement =
  /** `delivered`: how many sockets of this node it was written to, null when that is not known. */
  { ok: true; timestamp: string; delivered: number | null } | { ok: false; error: WireError };

type Callback = (acknowledgement: Acknowledgement) => void;

/** Socket.IO's type of the events that the relay listens to. */
export type PeerEventMap = { [E in PeerEventName]: (payload: PeerInputs[E], acknowledge?: Callback) => void };
/** Socket.IO's type of the events that a peer listens to. */
export type RelayEventMap = { [E in keyof RelayPayloads]: (payload: RelayPayloads[E]) => void };

/** A hint that the web app posts to a relay's `/hints` with a `service` token. */
export const hintRequest = z.discriminatedUnion('event', [
  z.object({
    event: z.literal('conversationChanged'),
    clientId: address,
    lastSeq: z.int().nonnegative(),
    visitorChanged: z.boolean().optional(),
    // Strings, so that a relay passes on kinds that it does not know.
    what: z.array(z.string().min(1).max(MAX_CHANGE_KIND_LENGTH)).max(MAX_CHANGE_KINDS).optional(),
    // Not sent to peers: who may see the conversation from now on, and who could before, if that has changed.
    audience: audience.optional(),
    formerAudience: audience.optional(),
  }),
  z.object({
    event: z.literal('messagesSeen'),
    clientId: address,
    by: z.enum(['client', 'operator']),
    deliveredSeq: z.int().nonnegative(),
    readSeq: z.int().nonnegative(),
  }),
  // Sent to operators: the visitor's own connection may have closed before it could send `chatEnded`.
  z.object({ event: z.literal('chatEnded'), clientId: address }),
  // Not sent to peers: the relay closes the person's connections and refuses tokens issued before `at` (seconds since 1970).
  z.object({
    event: z.literal('revoked'),
    role: z.enum(['operator', 'client']),
    id: z.int().positive(),
    at: z.int().positive(),
    // A visitor's address. The relay can find a visitor without a token only by it.
    address: address.nullish(),
  }),
]);
export type HintRequest = z.infer<typeof hintRequest>;
