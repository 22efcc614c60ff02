import type { Engine, SendQueue } from '../engine/index.ts';
import type { PeerSocket } from '../peer.ts';

/** How much may wait to be read by one peer. */
export type QueueCaps = SendQueue;

/** Whether more waits for this peer than the limit. */
export function isSlow(queue: SendQueue, caps: QueueCaps): boolean {
  return queue.packets > caps.packets || queue.bytes > caps.bytes;
}

/**
 * Closes the connections whose peers do not read, calling `onCut` for each. The transport is closed without waiting for the queue, which would never drain,
 * and without a disconnect packet, so that the peer reconnects and catches up from the database.
 */
export function cutSlowReaders(engine: Engine, sockets: Iterable<PeerSocket>, caps: QueueCaps, onCut: (socket: PeerSocket) => void): void {
  for (const socket of sockets) {
    if (!isSlow(engine.sendQueueOf(socket.conn), caps)) continue;
    onCut(socket);
    socket.conn.close(true);
  }
}
