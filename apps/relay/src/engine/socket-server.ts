import { Server } from 'socket.io';

import { CONNECT_TIMEOUT_MS } from '../admission/admission.ts';
import type { Config } from '../config.ts';
import { textParser } from './parser.ts';
import type { RelayServer } from '../peer.ts';

/** Where Socket.IO is served. */
export const SOCKET_PATH = '/chat';
/** Connections whose messages are compressed at once; zlib works on threads of its own and holds memory for each. */
const COMPRESSIONS_AT_ONCE = 10;

function compressionOf({ compression }: Config) {
  if (compression === undefined) return false;
  return {
    threshold: compression.thresholdBytes,
    concurrencyLimit: COMPRESSIONS_AT_ONCE,
    // The threshold is kept to only where no state is carried from one message to the next; it is also that state which holds most of the memory.
    serverNoContextTakeover: true,
    clientNoContextTakeover: true,
  };
}

/**
 * Socket.IO as the relay uses it, attached to nothing yet, and what says how large an event was.
 *
 * @param onBroken told of each packet that ended its connection because it was none
 */
export function createSocketServer(config: Config, onBroken: () => void) {
  const { parser, bytesOf } = textParser(onBroken);
  const io: RelayServer = new Server({
    path: SOCKET_PATH,
    transports: [...config.transports],
    serveClient: false,
    parser,
    cors: { origin: [...config.allowedOrigins], credentials: true },
    // The engine ends a connection that sends more than this at once. The band below it, down to the configured limit, is answered with an error.
    maxHttpBufferSize: config.bufferBytes,
    perMessageDeflate: compressionOf(config),
    httpCompression: config.compression === undefined ? false : { threshold: config.compression.thresholdBytes },
    pingInterval: config.pingIntervalMs,
    pingTimeout: config.pingTimeoutMs,
    upgradeTimeout: config.upgradeTimeoutMs,
    connectTimeout: CONNECT_TIMEOUT_MS,
    // Upgrades that are for nobody are destroyed in `watchConnections`: the engine would close its own half only.
    destroyUpgrade: false,
  });
  return { io, bytesOf };
}
