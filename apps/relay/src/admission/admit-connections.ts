import { clientAddress, limitKey } from '@switchboard/limits/address';
import type { Logger } from '@switchboard/telemetry';

import { closeTcpIfWritten, CONNECT_TIMEOUT_MS, type Engine, type EngineConnection, onConnection, terminate } from '../engine/index.ts';
import type { RelayMetrics } from '../metrics.ts';
import type { RelayServer } from '../peer.ts';
import type { ConnectionCounter } from './connection-counter.ts';
import { holdingTooMuch } from './held-bytes.ts';

/** So many of the largest messages may be incomplete at the same time from one IP address without a token. */
const MESSAGES_HELD = 20;

interface Admission {
  readonly engine: Engine;
  readonly counter: ConnectionCounter<EngineConnection>;
  /** How many trusted reverse proxies stand in front and append to `X-Forwarded-For`. */
  readonly trustedHops: number;
  /** Bytes of the largest message that Engine.IO accepts. */
  readonly bufferBytes: number;
  readonly log: Logger;
  readonly metrics: RelayMetrics;
}

/** Milliseconds of a clock that does not go backwards. */
const clock = () => performance.now();

/**
 * Counts every connection from its first moment, whether it ever sends anything or not, and ends those that exceed a limit or stay silent. Returns what has to be
 * called once a second.
 */
export function admitConnections(io: RelayServer, { engine, counter, trustedHops, bufferBytes, log, metrics }: Admission): () => void {
  const heldLimits = { perIp: MESSAGES_HELD * bufferBytes, perMessage: bufferBytes };
  /** Connections that have been closed since the last sweep, and those closed in the second before it. */
  let closedNow: EngineConnection[] = [];
  let closedBefore: EngineConnection[] = [];

  function refuse(connection: EngineConnection, why: 'pending' | 'node'): void {
    metrics.connectionsRefused.add(1, { why });
    log.warn({ address: counter.ipOf(connection), why }, 'connection ended: there are too many');
    terminate(connection);
  }

  function onClose(this: EngineConnection): void {
    counter.remove(this);
    closedNow.push(this);
  }

  onConnection(io, (connection) => {
    const { remoteAddress, request } = connection;
    const ip = limitKey(clientAddress(remoteAddress, request.headers['x-forwarded-for'], trustedHops));
    const displaced = counter.tryAdd(connection, ip, clock());
    if (displaced === undefined) return refuse(connection, 'node');
    connection.once('close', onClose);
    for (const older of displaced) refuse(older, 'pending');
  });

  return () => {
    // A peer that does not close its side would keep the TCP connection for half a minute. A peer that is still reading gets time to read the end.
    for (const connection of closedBefore) closeTcpIfWritten(connection);
    closedBefore = closedNow;
    closedNow = [];
    for (const connection of counter.takeSilent(CONNECT_TIMEOUT_MS, clock())) connection.close(true);
    for (const connection of holdingTooMuch(engine, counter.anonymous(), heldLimits)) {
      metrics.offendersCut.add();
      log.warn({ address: counter.ipOf(connection) }, 'connection ended: too many bytes of incomplete messages');
      terminate(connection);
    }
  };
}
