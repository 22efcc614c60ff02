import { type Packet, PacketType } from 'socket.io-parser';

import type { PeerSocket } from '../../peer.ts';
import type { Receive } from '../engine.ts';
import { encodePacket } from '../parser.ts';

/** The private method by which Socket.IO hands over a decoded event. */
interface EventSink {
  onevent: (packet: Packet) => void;
}

/**
 * Replaces the way from the decoder to listeners. Socket.IO would run middleware, wait for the next tick, build a closure for the answer and look for the
 * listeners of the event: together as much work as everything that this relay does with it.
 */
export function receiveEvents(socket: PeerSocket, receive: Receive): void {
  const { conn } = socket;
  (socket as unknown as EventSink).onevent = ({ data, id }) =>
    receive(
      Array.isArray(data) ? data : [],
      id === undefined
        ? undefined
        : (acknowledgement) => void conn.write(encodePacket({ type: PacketType.ACK, nsp: '/', id, data: [acknowledgement] })),
    );
}
