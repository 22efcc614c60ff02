import {
  bodyOfSaved,
  invalidField,
  mapImage,
  MAX_MESSAGE_AGE_MS,
  MAX_SAVE_BATCH,
  unreachable,
  type MessageBody,
  type NewMessage,
} from '@switchboard/protocol';

import { requirePermission } from '../../permissions.ts';
import { conversationNotFound } from '../../refusals.ts';
import { clientMeant, operatorWithLimitedSight } from '../../visible.ts';
import type { Actor } from '../../actor.ts';
import { isUuid } from '../../uuid.ts';
import { readImageUrl, type ImageReference } from './image-url.ts';

/** Which conversation a message goes to. */
export type Target =
  /** `sessionId`: the visitor's own, which must belong to the client. */
  | { readonly kind: 'client'; readonly clientId: number; readonly sessionId: string | null }
  /** A socket id, or a session's id in lower case. */
  | { readonly kind: 'address'; readonly address: string };

/** A picture to store. Name and type that the sender left out come from its upload. */
type DraftImage = ImageReference & { readonly name: string | null; readonly mimeType: string | null };

/** A message as it will be stored, except for what only the database knows. */
export interface Draft {
  /** In lower case, as the database gives it back. */
  readonly messageKey: string;
  readonly target: Target;
  readonly senderType: 'CLIENT' | 'OPERATOR';
  readonly operatorId: number | null;
  readonly savedById: number | null;
  /** The writer, where they are an operator who does not see every conversation. */
  readonly onlySeenBy: number | null;
  readonly body: MessageBody<DraftImage>;
  readonly sessionId: string | null;
  readonly clientSocketId: string | null;
  readonly createdAt: Date;
}

/**
 * Determines sender, time and target of the actor's messages before the database is read.
 *
 * @throws ChatError `unauthenticated`, `forbidden` for a visitor who writes as an operator, `not_found` for one who names another conversation,
 * `invalid_request`
 */
export function draftMessages(actor: Actor, messages: readonly NewMessage[], now: Date): Draft[] {
  if (messages.length > MAX_SAVE_BATCH) {
    throw invalidField('messages', `at most ${MAX_SAVE_BATCH} can be saved at once`);
  }
  return messages.map((message, index) => draftMessage(actor, message, now, `messages.${index}`));
}

function draftMessage(actor: Actor, message: NewMessage, now: Date, field: string): Draft {
  const target = targetOf(actor, message, field);
  const sender = senderOf(actor, message);
  const body = mapImage(bodyOfSaved(message), ({ url, ...said }) => ({ ...readImageUrl(actor, url ?? '', `${field}.imageUrl`), ...said }));
  return {
    messageKey: message.messageKey.toLowerCase(),
    target,
    ...sender,
    onlySeenBy: operatorWithLimitedSight(actor),
    body,
    sessionId: actor.kind === 'visitor' ? actor.sessionId : (message.sessionId ?? null),
    clientSocketId: message.clientSocketId ?? null,
    createdAt: sentAt(message.sentAt, now),
  };
}

/** The id of the upload that a message names, null for none. Whether it exists is checked later. */
export function uploadOf({ body }: Pick<Draft, 'body'>): string | null {
  switch (body.type) {
    case 'text':
      return null;
    case 'image':
      return body.image.uploadId;
    default:
      return unreachable(body);
  }
}

function targetOf(actor: Actor, message: NewMessage, field: string): Target {
  if (actor.kind === 'visitor') {
    const clientId = clientMeant(actor, message.clientId);
    // The same answer as for another client's id: a message meant for an earlier conversation must not be saved in this one.
    if (message.sessionId != null && message.sessionId.toLowerCase() !== actor.sessionId.toLowerCase()) throw conversationNotFound();
    return { kind: 'client', clientId, sessionId: actor.sessionId };
  }
  if (actor.kind === 'operator' && message.clientId == null) {
    const address = message.clientSocketId ?? message.sessionId;
    if (address != null) return { kind: 'address', address: isUuid(address) ? address.toLowerCase() : address };
    throw invalidField(field, 'clientId, clientSocketId or sessionId must name the conversation');
  }
  return { kind: 'client', clientId: clientMeant(actor, message.clientId), sessionId: null };
}

/** Determined by the actor alone. `senderType: 'CLIENT'` from an operator saves on the visitor's behalf and records the operator. */
function senderOf(actor: Actor, message: NewMessage): Pick<Draft, 'senderType' | 'operatorId' | 'savedById'> {
  if (actor.kind === 'visitor') {
    if (message.senderType === 'OPERATOR') requirePermission(actor, 'message.save-as-operator');
    return { senderType: 'CLIENT', operatorId: null, savedById: null };
  }
  const { userId } = requirePermission(actor, 'message.save-as-operator');
  return message.senderType === 'CLIENT'
    ? { senderType: 'CLIENT', operatorId: null, savedById: userId }
    : { senderType: 'OPERATOR', operatorId: userId, savedById: null };
}

/** The sending time, clamped: never in the future, and not older than `MAX_MESSAGE_AGE_MS`. */
function sentAt(value: string | null | undefined, now: Date): Date {
  const sent = value == null ? Number.NaN : Date.parse(value);
  if (Number.isNaN(sent)) return now;
  return new Date(Math.min(now.getTime(), Math.max(sent, now.getTime() - MAX_MESSAGE_AGE_MS)));
}
