import { ChatError, type PeerPayloads } from '@switchboard/protocol';

import { addressOf, type Operator, type PeerSocket, type Visitor } from '../../peer.ts';
import { fromAnyone } from './handler.ts';

/** The sender that a socket becomes. Only the token decides; the payload's role and name count without one, and never for an operator. */
function identify(socket: PeerSocket, payload: PeerPayloads['join'], allowAnonymousClients: boolean): Visitor | Operator {
  const { claims } = socket.data;
  if (claims?.role === 'operator') return { role: 'operator', id: claims.id, name: claims.name, teams: claims.teams };
  if (claims?.role === 'client') return { role: 'client', address: addressOf(socket), name: claims.name };
  if (claims !== undefined) throw new ChatError('forbidden', 'A service does not join.');
  if (payload.role === 'client' && allowAnonymousClients) return { role: 'client', address: addressOf(socket), name: payload.name };
  throw new ChatError('unauthenticated', 'Authentication required');
}

/** A repeated join is announced again to the operators, as an old front-end that rejoins expects. */
export const join = fromAnyone('join', 'lifecycle', ({ socket, payload, context }) => {
  const sender = identify(socket, payload, context.allowAnonymousClients);
  // Consoles begin a conversation for each newcomer; without a limit, a script could begin thousands.
  if (socket.data.claims === undefined && socket.data.sender === undefined) context.countNewcomer(socket);
  socket.data.sender = sender;
  context.delivery.admit(socket, sender);
  return sender.role === 'client'
    ? context.delivery.toOperators(sender.address, 'newChat', { clientId: sender.address, username: sender.name })
    : 0;
});
