import type { RelayPayloads } from '@switchboard/protocol';

import type { Operator, PeerSocket, RelayServer, Visitor } from '../peer.ts';

/** Every socket of every operator. */
const OPERATORS = 'operators';
/** Prefixed, so that an address can never name another room (each socket has one named by its id). */
const roomOf = (address: string) => `client:${address}`;

/** The one way in which events reach peers: by room, so that a message is encoded once however many receive it. Each returns how many sockets that were. */
export interface Delivery {
  /** Makes a socket hear what its role hears. */
  admit(socket: PeerSocket, sender: Visitor | Operator): void;
  toOperators<E extends keyof RelayPayloads>(event: E, payload: RelayPayloads[E]): number;
  /** To every operator socket but this one. */
  toOtherOperators<E extends keyof RelayPayloads>(sender: PeerSocket, event: E, payload: RelayPayloads[E]): number;
  toVisitor<E extends keyof RelayPayloads>(address: string, event: E, payload: RelayPayloads[E]): number;
  /** Sockets of operators at this moment. */
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
