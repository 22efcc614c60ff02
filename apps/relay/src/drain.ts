import { setTimeout as delay } from 'node:timers/promises';

import type { PeerSocket } from './peer.ts';

/** Milliseconds between two good-byes: what a node that takes over, and the web app behind it, can well bear. */
const STEP_MS = 10;

/**
 * When each of `count` connections is to be ended, in milliseconds from now: `STEP_MS` apart, or closer where that would take longer than `windowMs`.
 */
export function goodbyeTimes(count: number, windowMs: number): number[] {
  const step = Math.min(STEP_MS, windowMs / Math.max(1, count));
  return Array.from({ length: count }, (_, index) => index * step);
}

/**
 * Ends every connection, one after the other in a random order, spread over a time that grows with their number and is at most `windowMs`: a handful
 * at once, a thousand over ten seconds. Peers connect again by themselves, elsewhere, and would come as one otherwise. Until its turn each is served.
 */
export async function sayGoodbye(sockets: readonly PeerSocket[], windowMs: number): Promise<void> {
  const times = goodbyeTimes(sockets.length, windowMs);
  const began = performance.now();
  const order = sockets.map((socket) => ({ socket, at: Math.random() })).toSorted((a, b) => a.at - b.at);
  for (const [index, { socket }] of order.entries()) {
    const ahead = began + (times[index] ?? 0) - performance.now();
    if (ahead >= 1) await delay(ahead);
    // Closed like a lost connection: after a Socket.IO disconnect packet the client library of old front-ends does not reconnect.
    socket.conn.close();
  }
}
