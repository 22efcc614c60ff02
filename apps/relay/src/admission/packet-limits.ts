import type { IncomingMessage } from 'node:http';

import type { Logger } from '@switchboard/telemetry';

import { type EngineConnection, findRequestConnection, onConnection, terminate } from '../engine/index.ts';
import type { RelayMetrics } from '../metrics.ts';
import type { RelayServer } from '../peer.ts';

/** Packets in one polling request at most. What a client queued while it was away arrives in one request. */
export const MAX_PACKETS_PER_REQUEST = 256;
const SEPARATOR = '\u001E';

interface PacketLimits {
  /** Packets of one connection in one period, of every kind: events, answers, pings, invalid ones. */
  readonly maximum: number;
  readonly log: Logger;
  readonly metrics: RelayMetrics;
}

function separatorsIn(chunk: string | Buffer): number {
  let found = 0;
  for (let at = chunk.indexOf(SEPARATOR); at >= 0; at = chunk.indexOf(SEPARATOR, at + 1)) found += 1;
  return found;
}

/** Counts the packets of polling requests while they arrive, before Engine.IO decodes any of them. */
function limitRequests(io: RelayServer, onTooMany: (connection: EngineConnection) => void): void {
  io.engine.use((request: IncomingMessage, _response: unknown, next: () => void) => {
    const connection = request.method === 'POST' ? findRequestConnection(io, request) : undefined;
    if (connection !== undefined) {
      let packets = 1;
      // Engine.IO reads the same data: it attaches its listener in the same tick, before the request begins to flow.
      request.on('data', (chunk: string | Buffer) => {
        if (packets > MAX_PACKETS_PER_REQUEST) return;
        packets += separatorsIn(chunk);
        if (packets > MAX_PACKETS_PER_REQUEST) onTooMany(connection);
      });
    }
    next();
  });
}

/**
 * Ends connections that send more packets than any honest client. A packet is counted before it is processed, whatever its kind, so that no kind of packet is
 * unlimited. Returns what begins the next period: call it once a second.
 */
export function limitPackets(io: RelayServer, { maximum, log, metrics }: PacketLimits): () => void {
  let period = 0;

  function end(connection: EngineConnection, within: 'second' | 'request'): void {
    metrics.offendersCut.add();
    log.warn({ within }, 'connection ended: too many packets');
    terminate(connection);
  }

  function count(this: EngineConnection): void {
    const { notes } = this;
    if (notes === undefined) return;
    if (notes.packetPeriod !== period) {
      notes.packetPeriod = period;
      notes.packets = 0;
    }
    notes.packets += 1;
    if (notes.packets > maximum && this.readyState === 'open') end(this, 'second');
  }

  onConnection(io, (connection) => {
    connection.on('packet', count);
    // Each probe of a WebSocket is answered, though it is not yet one of the connection's packets.
    connection.on('upgrading', count);
  });
  limitRequests(io, (connection) => end(connection, 'request'));
  return () => {
    period += 1;
  };
}
