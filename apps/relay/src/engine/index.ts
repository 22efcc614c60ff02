import type { RelayServer } from '../peer.ts';
import type { Engine } from './engine.ts';
import { createPlainEngine } from './plain-engine.ts';
import { incompleteBytes, sendQueueOf } from './shortcuts/buffers.ts';
import { receiveEvents } from './shortcuts/event-receiver.ts';
import { createRequestRelease } from './shortcuts/request-release.ts';
import { coalesceWrites } from './shortcuts/write-coalescing.ts';
import { trackConnections } from './track-connections.ts';

export { closeTcpIfWritten, type EngineConnection, findRequestConnection, onConnection, terminate } from './connection.ts';
export type { Answer, Engine, SendQueue } from './engine.ts';
export { CONNECT_TIMEOUT_MS, createSocketServer, SOCKET_PATH } from './socket-server.ts';

interface EngineOptions {
  /** Whether private parts of Socket.IO and Engine.IO are used where that is faster. */
  readonly shortcuts: boolean;
  /** Whether WebSocket messages may be compressed. */
  readonly isCompressed: boolean;
}

/**
 * The engine of a Socket.IO server. Call it after the server was attached to HTTP, and before anything else listens for connections.
 */
export function createEngine(io: RelayServer, { shortcuts, isCompressed }: EngineOptions): Engine {
  trackConnections(io);
  if (!shortcuts) return createPlainEngine(io, isCompressed);
  coalesceWrites(io);
  return { usesShortcuts: true, receiveEvents, sendQueueOf, incompleteBytes, releaseRequest: createRequestRelease(io) };
}
