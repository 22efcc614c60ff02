import type { RelayPayloads } from '@switchboard/protocol';

import type { Operator, PeerSocket, RelayServer, Visitor } from '../peer.ts';

/** Every socket of every operator. */
const OPERATORS = 'operators';
/** Prefixed, so that an address can never name another room (each socket has one named by its id). */
const roomOf = (address: string) => `client:${address}`;

/** Sends events to peers, always by room, so that a message is encoded once for all its receivers. Each function returns the number of sockets on this node. */
export interface Delivery {
  /** Subscribes a socket to the events of its role. */
  admit(socket: PeerSocket, sender: Visitor | Operator): void;
  toOperators<E extends keyof RelayPayloads>(event: E, payload: RelayPayloads[E]): number;
  /** To every operator socket but this one. */
  toOtherOperators<E extends keyof RelayPayloads>(sender: PeerSocket, event: E, payload: RelayPayloads[E]): number;
  toVisitor<E extends keyof RelayPayloads>(address: string, event: E, payload: RelayPayloads[E]): number;
  /** Number of operator sockets on this node. */
  operatorSockets(): number;
}

export function createDelivery(io: RelayServer): Delivery {
  const room = (name: string) => io.of('/').adapter.rooms.get(name);
  const size = (name: string) => room(name)?.size ?? 0;
  return {
    admit(socket, sender) {
      void socket.join(sender.role === 'operator' ? OPERATORS : roomOf(sender.address));
    },
    toOperators(event, payload) {
      io.to(OPERATORS).emit(event, payload);
      return size(OPERATORS);
    },
    toOtherOperators(sender, event, payload) {
      sender.to(OPERATORS).emit(event, payload);
      return size(OPERATORS) - (room(OPERATORS)?.has(sender.id) === true ? 1 : 0);
    },
    toVisitor(address, event, payload) {
      io.to(roomOf(address)).emit(event, payload);
      return size(roomOf(address));
    },
    operatorSockets: () => size(OPERATORS),
  };
}
