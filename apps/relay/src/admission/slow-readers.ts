import type { PeerSocket } from '../peer.ts';

/** How much may wait for one peer to read it. */
export interface QueueCaps {
  readonly packets: number;
  readonly bytes: number;
}

function bytesOf(packet: unknown): number {
  const data: unknown = typeof packet === 'object' && packet !== null && 'data' in packet ? packet.data : undefined;
  return typeof data === 'string' ? data.length : ArrayBuffer.isView(data) ? data.byteLength : 0;
}

/** Whether more waits for this peer than it may. What waits is what the transport has not taken yet. */
export function isSlow(queue: readonly unknown[], caps: QueueCaps): boolean {
  if (queue.length > caps.packets) return true;
  let bytes = 0;
  for (const packet of queue) bytes += bytesOf(packet);
  return bytes > caps.bytes;
}

/**
 * Closes the connections whose peers do not read, calling `onCut` for each. The transport is closed without waiting for the queue, which would never drain,
 * and without a disconnect packet, so that the peer reconnects and catches up from the database.
 */
export function cutSlowReaders(sockets: Iterable<PeerSocket>, caps: QueueCaps, onCut: (socket: PeerSocket) => void): void {
  for (const socket of sockets) {
    const queue: unknown = socket.conn['writeBuffer'];
    if (!Array.isArray(queue) || !isSlow(queue, caps)) continue;
    onCut(socket);
    socket.conn.close(true);
  }
}
