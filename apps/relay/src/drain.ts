import { setTimeout as delay } from 'node:timers/promises';

import type { PeerSocket } from './peer.ts';

/** Milliseconds between the ends of two connections: a rate that the node that takes over, and the web app behind it, can sustain. */
const STEP_MS = 10;

/**
 * When each of `count` connections is ended, in milliseconds from now: `STEP_MS` apart, or closer where that would take longer than `windowMs`.
 */
export function endTimes(count: number, windowMs: number): number[] {
  const step = Math.min(STEP_MS, windowMs / Math.max(1, count));
  return Array.from({ length: count }, (_, index) => index * step);
}

/**
 * Ends all connections one after the other in random order, over a time that grows with their number and is at most `windowMs`: a few connections at once, a
 * thousand over ten seconds. Their clients reconnect to another node, which would otherwise have to admit all of them at the same moment. Each connection is
 * served until it ends.
 */
export async function drainConnections(sockets: readonly PeerSocket[], windowMs: number): Promise<void> {
  const times = endTimes(sockets.length, windowMs);
  const began = performance.now();
  const order = sockets.map((socket) => ({ socket, at: Math.random() })).toSorted((a, b) => a.at - b.at);
  for (const [index, { socket }] of order.entries()) {
    const ahead = began + (times[index] ?? 0) - performance.now();
    if (ahead >= 1) await delay(ahead);
    // Closed like a lost connection: after a Socket.IO disconnect packet the client library of old front-ends does not reconnect.
    socket.conn.close();
  }
}
