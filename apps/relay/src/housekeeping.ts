import type { Logger } from '@switchboard/telemetry';

import { cutSlowReaders, type QueueCaps } from './admission/slow-readers.ts';
import { endExpired } from './admission/token-end.ts';
import type { Engine } from './engine/index.ts';
import type { RelayMetrics } from './metrics.ts';
import { identityOf, type RelayServer } from './peer.ts';

const HOUSEKEEPING_MS = 1_000;

interface Housekeeping {
  readonly io: RelayServer;
  readonly engine: Engine;
  readonly queueCaps: QueueCaps;
  readonly log: Logger;
  readonly metrics: RelayMetrics;
  /** What else has to be called once a second. */
  readonly sweeps: readonly (() => void)[];
}

/**
 * Ends once a second the connections whose tokens have expired and those whose peers do not read, and calls the sweeps. Returns a function that stops it.
 */
export function startHousekeeping({ io, engine, queueCaps, log, metrics, sweeps }: Housekeeping): () => void {
  const timer = setInterval(() => {
    for (const sweep of sweeps) sweep();
    const sockets = io.of('/').sockets;
    endExpired(sockets.values(), Date.now() / 1_000, (socket) => {
      metrics.connectionsExpired.add();
      log.info({ socketId: socket.id, identity: identityOf(socket) }, 'connection ended: its token has expired');
    });
    cutSlowReaders(engine, sockets.values(), queueCaps, (socket) => {
      metrics.slowReadersCut.add();
      log.warn({ socketId: socket.id, role: socket.data.sender?.role ?? 'none' }, 'connection ended: its peer does not read');
    });
  }, HOUSEKEEPING_MS);
  return () => clearInterval(timer);
}
