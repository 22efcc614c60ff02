import type { IncomingMessage } from 'node:http';

import { ChatError, concernsVisitor, hintRequest, type HintRequest, parse, type RelayPayloads } from '@switchboard/protocol';
import { InvalidTokenError, type Tokens } from '@switchboard/tokens';
import { z } from 'zod';

import type { Delivery } from '../events/delivery.ts';
import { readJson } from '../http-answer.ts';

const MAX_HINTS_BODY_BYTES = 64 * 1024;
const MAX_HINTS = 100;

const manyHints = z.array(hintRequest).min(1).max(MAX_HINTS);

async function requireService(request: IncomingMessage, tokens: Pick<Tokens, 'verifyRelayToken'>): Promise<void> {
  const token = /^Bearer (\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
  if (token === undefined) throw new ChatError('unauthenticated', 'Authentication required');
  const claims = await tokens.verifyRelayToken(token).catch((cause: unknown) => {
    throw cause instanceof InvalidTokenError ? new ChatError('unauthenticated', 'Invalid token', { cause }) : cause;
  });
  if (claims.role !== 'service') throw new ChatError('forbidden', 'Only a service may send hints.');
}

type PeerHint = Exclude<HintRequest, { event: 'revoked' }>;
/** A person whose tokens are revoked. */
export type RevokedHint = Extract<HintRequest, { event: 'revoked' }>;

/** Sends to all operators and to the visitor of the conversation. */
function sendToBoth<E extends PeerHint['event']>(delivery: Delivery, event: E, payload: RelayPayloads[E]): number {
  return delivery.toOperators(payload.clientId, event, payload) + delivery.toVisitor(payload.clientId, event, payload);
}

function send(hint: PeerHint, delivery: Delivery): number {
  const { event, ...payload } = hint;
  // The visitor has ended the chat; only operators have to be notified.
  if (hint.event === 'chatEnded') return delivery.toOperators(hint.clientId, hint.event, { clientId: hint.clientId });
  if (hint.event === 'conversationChanged') {
    const { event: name, what, audience, formerAudience, ...rest } = hint;
    const forOperators = what === undefined ? rest : { ...rest, what };
    const delivered =
      audience === undefined
        ? delivery.toOperators(hint.clientId, name, forOperators)
        : delivery.changeAudience(hint.clientId, audience, formerAudience, name, forOperators);
    // What operators have done is not the visitor's business.
    return concernsVisitor(what) ? delivered + delivery.toVisitor(hint.clientId, name, rest) : delivered;
  }
  return sendToBoth(delivery, event, payload);
}

/** What receiving hints needs. */
export interface HintReceiver {
  readonly tokens: Pick<Tokens, 'verifyRelayToken'>;
  readonly delivery: Delivery;
  readonly onHint: (hint: HintRequest) => void;
  readonly onRevoked: (revocation: RevokedHint) => void;
}

/**
 * Receives hints from the web app and relays them.
 *
 * @returns how many sockets on this node they were written to
 * @throws ChatError `unauthenticated`, `forbidden`, `too_large`, `invalid_request`
 */
export async function receiveHints(request: IncomingMessage, { tokens, delivery, onHint, onRevoked }: HintReceiver): Promise<number> {
  await requireService(request, tokens);
  const body = await readJson(request, MAX_HINTS_BODY_BYTES);
  const hints = Array.isArray(body) ? parse(manyHints, body) : [parse(hintRequest, body)];
  let delivered = 0;
  for (const hint of hints) {
    onHint(hint);
    if (hint.event === 'revoked') onRevoked(hint);
    else delivered += send(hint, delivery);
  }
  return delivered;
}
