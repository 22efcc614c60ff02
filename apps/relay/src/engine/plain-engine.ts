import type { PeerSocket, RelayServer } from '../peer.ts';
import { type EngineConnection, lengthOf, onConnection } from './connection.ts';
import type { Answer, Engine, SendQueue } from './engine.ts';

/** How many times longer than its compressed form a message can be, with the compression of WebSockets (DEFLATE). */
const MAX_COMPRESSION_RATIO = 1_032;

/** What is counted for a connection, by its events. */
interface Counted {
  packets: number;
  bytes: number;
  /** Bytes that its TCP connection had received when its last packet was complete. */
  bytesReadAtPacket: number;
}

const bytesRead = ({ notes }: EngineConnection) => notes?.tcp?.bytesRead ?? 0;

/**
 * An engine that uses documented API of Socket.IO and Engine.IO only.
 *
 * Its `incompleteBytes` is an estimate from the bytes of the TCP connection: up to one read of it (64 KiB) is missed where a message begins in the same
 * read in which the one before ends, and with compression it assumes the highest ratio.
 *
 * @param isCompressed whether WebSocket messages may be compressed
 */
export function createPlainEngine(io: RelayServer, isCompressed: boolean): Engine {
  const counted = new WeakMap<EngineConnection, Counted>();
  const ratio = isCompressed ? MAX_COMPRESSION_RATIO : 1;

  onConnection(io, (connection) => {
    const counts: Counted = { packets: 0, bytes: 0, bytesReadAtPacket: bytesRead(connection) };
    counted.set(connection, counts);
    connection.on('packetCreate', ({ data }) => {
      counts.packets += 1;
      counts.bytes += lengthOf(data);
    });
    connection.on('flush', () => {
      counts.packets = 0;
      counts.bytes = 0;
    });
    const onPacket = () => {
      counts.bytesReadAtPacket = bytesRead(connection);
    };
    connection.on('packet', onPacket);
    connection.once('upgrade', onPacket);
  });

  return {
    usesShortcuts: false,
    receiveEvents(socket: PeerSocket, receive) {
      socket.use((eventArguments) => {
        const given: unknown[] = eventArguments;
        const last = given.at(-1);
        // JSON has no functions: it is the acknowledgement.
        if (typeof last === 'function') given.pop();
        receive(given, typeof last === 'function' ? (last as Answer) : undefined);
      });
    },
    sendQueueOf: (connection): SendQueue => counted.get(connection) ?? { packets: 0, bytes: 0 },
    incompleteBytes(connection, maxMessageBytes) {
      const received = bytesRead(connection) - (counted.get(connection)?.bytesReadAtPacket ?? 0);
      return Math.min(maxMessageBytes, ratio * received);
    },
    releaseRequest: () => undefined,
  };
}
