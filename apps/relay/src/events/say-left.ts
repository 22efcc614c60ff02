import type { PeerSocket } from '../peer.ts';
import type { Delivery } from './delivery.ts';

/** A connection has ended: other operators learn at once that its operator is no longer in the conversation that they were in. */
export function sayLeft(socket: PeerSocket, delivery: Delivery): void {
  const { sender, activeIn } = socket.data;
  if (sender?.role !== 'operator' || activeIn === undefined) return;
  const { id: operatorId, name: operatorName } = sender;
  delivery.toOtherOperators(socket, activeIn, 'operatorActivity', { clientId: activeIn, operatorId, operatorName, state: 'left' });
}
