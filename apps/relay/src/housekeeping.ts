import type { Logger } from '@switchboard/telemetry';

import type { RelayMetrics } from './metrics.ts';
import { identityOf, type RelayServer } from './peer.ts';
import { cutSlowReaders, type QueueCaps } from './admission/slow-readers.ts';
import { endExpired } from './admission/token-end.ts';

const HOUSEKEEPING_MS = 1_000;

interface Housekeeping {
  readonly io: RelayServer;
  readonly queueCaps: QueueCaps;
  readonly log: Logger;
  readonly metrics: RelayMetrics;
  /** What else is to be done once a second. */
  readonly sweeps: readonly (() => void)[];
}

/** Once a second: ends connections whose tokens are over and those whose peers do not read, and forgets what cannot matter any more. Returns how to stop. */
export function keepHouse({ io, queueCaps, log, metrics, sweeps }: Housekeeping): () => void {
  const timer = setInterval(() => {
    for (const sweep of sweeps) sweep();
    const sockets = io.of('/').sockets;
    endExpired(sockets.values(), Date.now() / 1_000, (socket) => {
      metrics.connectionsExpired.add();
      log.info({ socketId: socket.id, identity: identityOf(socket) }, 'connection ended: its token is over');
    });
    cutSlowReaders(sockets.values(), queueCaps, (socket) => {
      metrics.slowReadersCut.add();
      log.warn({ socketId: socket.id, role: socket.data.sender?.role ?? 'none' }, 'connection ended: its peer does not read');
    });
  }, HOUSEKEEPING_MS);
  return () => clearInterval(timer);
}
