import type { Logger } from '@switchboard/telemetry';

import { type EngineConnection, onEngineConnection, terminate } from '../engine/engine.ts';
import type { RelayMetrics } from '../metrics.ts';
import type { RelayServer } from '../peer.ts';

/** Packets in one request of a polling peer. What waited while a peer was away comes in one. */
export const MAX_PACKETS_PER_REQUEST = 256;
const SEPARATOR = '\u001E';

/** What of a polling transport its own types keep protected. A test holds it to that. */
interface PollingTransport {
  /** Reads all that came in one request. */
  onData: (payload: string) => void;
  /** Ends the connection as broken. */
  onError(message: string): void;
}

interface PacketLimits {
  /** Packets of one connection from one sweep to the next, of whichever kind: events, answers, pings, nonsense. */
  readonly maximum: number;
  readonly log: Logger;
  readonly metrics: RelayMetrics;
}

function hasTooMany(payload: string): boolean {
  let at = payload.indexOf(SEPARATOR);
  for (let packets = 1; at >= 0; packets += 1) {
    if (packets >= MAX_PACKETS_PER_REQUEST) return true;
    at = payload.indexOf(SEPARATOR, at + 1);
  }
  return false;
}

/** Has requests with too many packets refused before any of them is looked at. */
function limitRequests(connection: EngineConnection, onTooMany: () => void): void {
  if (connection.transport.name !== 'polling') return;
  const transport = connection.transport as unknown as PollingTransport;
  const read = transport.onData.bind(transport);
  transport.onData = (payload) => {
    if (!hasTooMany(payload)) return read(payload);
    onTooMany();
    transport.onError('too many packets in one request');
  };
}

/**
 * Ends connections that send more packets than any honest peer would. Counted before anything is done with a packet, and whatever its kind, so that no
 * kind of packet is free. Returns what begins the next period: to be called once a second.
 */
export function limitPackets(io: RelayServer, { maximum, log, metrics }: PacketLimits): () => void {
  let period = 0;

  function offend(what: string): void {
    metrics.offendersCut.add();
    log.warn({ what }, 'connection ended: too many packets');
  }

  function count(this: EngineConnection): void {
    if (this.packetPeriod !== period) {
      this.packetPeriod = period;
      this.packets = 0;
    }
    this.packets = (this.packets ?? 0) + 1;
    if (this.packets <= maximum || this.readyState !== 'open') return;
    offend('second');
    terminate(this);
  }

  onEngineConnection(io, (connection) => {
    connection.on('packet', count);
    // Each probe of a transport that may follow is answered, before it is one of the connection's packets.
    connection.on('upgrading', count);
    limitRequests(connection, () => offend('request'));
  });
  return () => {
    period += 1;
  };
}
