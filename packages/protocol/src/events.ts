import { z } from 'zod';

import type { BodyType, RelayedBody } from './body.ts';
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
 * The socket events. Names, directions and fields are frozen (docs/wire.md); optional fields and events may be added. Unknown fields are dropped, so
 * that an old peer which sends more than it should keeps working; known ones of the wrong type are refused. Old peers send `null` for "none".
 */
const address = z.string().min(1).max(MAX_ADDRESS_LENGTH);
const messageKey = z.uuid();
const name = z.string().max(MAX_NAME_LENGTH);
const operatorId = z.union([z.int(), z.string().max(MAX_ADDRESS_LENGTH)]);

const content = {
  type: z.string().min(1).max(32),
  message: z.string().max(MAX_TEXT_LENGTH).nullish(),
  /** A URL, or from an old front-end a whole image as a data URL; the relay's payload limit bounds it. */
  image: z.string().nullish(),
  name: z.string().max(MAX_FILE_NAME_LENGTH).nullish(),
  mimeType: z.string().max(100).nullish(),
};

const HAS_CONTENT: Readonly<Record<BodyType, (body: RelayedBody) => boolean>> = {
  text: ({ message }) => message != null && isVisible(message),
  image: ({ image }) => image != null && image !== '',
};
const isBodyType = (type: string): type is BodyType => Object.hasOwn(HAS_CONTENT, type);

/** Whether a message has what its type needs. Old peers may use other types; those need the content of any type. */
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
  /** Has no payload; whatever an old peer puts there is ignored. */
  chatEnded: z.unknown(),
  operatorMessage: z
    .object({ ...content, to: address, operatorId: operatorId.nullish(), operatorName: name.nullish(), messageKey: messageKey.nullish() })
    .refine(hasContent, NO_CONTENT),
  /** Asks nothing but for an answer: a peer whose network may be gone finds out whether this connection still works. */
  check: z.unknown(),
  operatorTyping: z.object({ to: address, isTyping: z.boolean(), operatorName: name.nullish() }),
} as const;

export type PeerEventName = keyof typeof peerEvents;
/** The parsed payload of each event that peers send. */
export type PeerPayloads = { [E in PeerEventName]: z.infer<(typeof peerEvents)[E]> };
/** What a sender of ours puts into each event. */
export type PeerInputs = { [E in PeerEventName]: z.input<(typeof peerEvents)[E]> };

/**
 * What was sent, of fields that the relay has changed: with `SANITIZE_HTML=true` it takes markup out of texts, for front-ends that show them as HTML. Those
 * that show text as text use these instead, and whoever saves a message saves these.
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
  error: Pick<WireError, 'message'> & Partial<WireError>;
  /**
   * A hint: the database has news of this address. Never data: fetch if behind. `visitorChanged`: something other than the messages has changed. `what`, for
   * operators: the kinds of change (`ChangeKind`, or kinds of a later version); an older sender names none.
   */
  conversationChanged: { clientId: string; lastSeq: number; visitorChanged?: boolean | undefined; what?: readonly string[] | undefined };
  /** A hint: one side has received or seen up to these numbers. The truth is in the next fetched page. */
  messagesSeen: { clientId: string; by: 'client' | 'operator'; deliveredSeq: number; readSeq: number };
  /** A hint: this peer may have missed something on a line that looked healthy. Look in the database, after a random moment: everybody was told. */
  resync: Record<string, never>;
}

/** What the relay answers where the sender asked for an acknowledgement. It means *relayed*, never *saved*. */
export type Acknowledgement =
  /** `delivered`: sockets it was written to on this node, null when it can't know. */
  { ok: true; timestamp: string; delivered: number | null } | { ok: false; error: WireError };

type Callback = (acknowledgement: Acknowledgement) => void;

/** Socket.IO's typing of the relay's side (what it listens to). */
export type PeerEventMap = { [E in PeerEventName]: (payload: PeerInputs[E], acknowledge?: Callback) => void };
/** Socket.IO's typing of a peer's side (what it listens to). */
export type RelayEventMap = { [E in keyof RelayPayloads]: (payload: RelayPayloads[E]) => void };

/** What the web app posts to a relay's `/hints` with a `service` token, to have a hint sent. */
export const hintRequest = z.discriminatedUnion('event', [
  z.object({
    event: z.literal('conversationChanged'),
    clientId: address,
    lastSeq: z.int().nonnegative(),
    visitorChanged: z.boolean().optional(),
    // Strings, so that a relay passes on kinds that it does not know.
    what: z.array(z.string().min(1).max(MAX_CHANGE_KIND_LENGTH)).max(MAX_CHANGE_KINDS).optional(),
  }),
  z.object({
    event: z.literal('messagesSeen'),
    clientId: address,
    by: z.enum(['client', 'operator']),
    deliveredSeq: z.int().nonnegative(),
    readSeq: z.int().nonnegative(),
  }),
  // To operators: the visitor's own connection may have ended with the chat, before it could say so.
  z.object({ event: z.literal('chatEnded'), clientId: address }),
  // Nothing that a peer hears: the relay ends the person's connections, and believes no token from before `at` (seconds since 1970).
  z.object({
    event: z.literal('revoked'),
    role: z.enum(['operator', 'client']),
    id: z.int().positive(),
    at: z.int().positive(),
    // Of a visitor: where it is. One without a token is found by nothing else.
    address: address.nullish(),
  }),
]);
export type HintRequest = z.infer<typeof hintRequest>;
