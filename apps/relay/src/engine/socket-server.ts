import { Server } from 'socket.io';

import type { Config } from '../config.ts';
import { textParser } from './parser.ts';
import type { RelayServer } from '../peer.ts';

/** A connection that has not completed its handshake within this time is ended. Milliseconds. */
export const CONNECT_TIMEOUT_MS = 10_000;
/** Where Socket.IO is served. */
export const SOCKET_PATH = '/chat';
/** Messages that are compressed at the same time: zlib runs on threads of its own and holds memory for each. */
const COMPRESSIONS_AT_ONCE = 10;

function compressionOf({ compression }: Config) {
  if (compression === undefined) return false;
  return {
    threshold: compression.thresholdBytes,
    concurrencyLimit: COMPRESSIONS_AT_ONCE,
    // Only without state that is carried from one message to the next does `ws` observe the threshold. That state would also take most of the memory.
    serverNoContextTakeover: true,
    clientNoContextTakeover: true,
  };
}

/**
 * Socket.IO as the relay uses it, not attached to HTTP yet, and a function that returns how large an event was (see `textParser`).
 *
 * @param onBroken called for each packet that ended its connection because it was malformed
 */
export function createSocketServer(config: Config, onBroken: () => void) {
  const { parser, bytesOf } = textParser(onBroken);
  const io: RelayServer = new Server({
    path: SOCKET_PATH,
    transports: [...config.transports],
    serveClient: false,
    parser,
    cors: { origin: [...config.allowedOrigins], credentials: true },
    // Engine.IO ends a connection that sends a larger message. A message between the configured limit and this one is answered with an error.
    maxHttpBufferSize: config.bufferBytes,
    perMessageDeflate: compressionOf(config),
    httpCompression: config.compression === undefined ? false : { threshold: config.compression.thresholdBytes },
    pingInterval: config.pingIntervalMs,
    pingTimeout: config.pingTimeoutMs,
    upgradeTimeout: config.upgradeTimeoutMs,
    connectTimeout: CONNECT_TIMEOUT_MS,
    // `watchTcpConnections` destroys upgrades that nothing handles: Engine.IO would close only its own half of the connection.
    destroyUpgrade: false,
  });
  return { io, bytesOf };
}
