import { clientAddress, limitKey } from '@switchboard/limits/address';
import type { Logger } from '@switchboard/telemetry';

import type { ConnectionCounter } from './connection-counter.ts';
import { type EngineConnection, onEngineConnection, terminate } from '../engine/engine.ts';
import { holdingTooMuch } from './held-bytes.ts';
import type { RelayMetrics } from '../metrics.ts';
import type { RelayServer } from '../peer.ts';

/** A connection that has not said who it is within this time is ended. Milliseconds. */
export const CONNECT_TIMEOUT_MS = 10_000;

/** As many of the largest messages may be on their way from one address without a token. */
const MESSAGES_HELD = 20;

interface Admission {
  readonly counter: ConnectionCounter<EngineConnection>;
  /** How many trusted reverse proxies stand in front and append to `X-Forwarded-For`. */
  readonly trustedHops: number;
  /** Bytes of one message at most, as the engine takes it. */
  readonly bufferBytes: number;
  readonly log: Logger;
  readonly metrics: RelayMetrics;
}

/** Milliseconds of a clock that does not go backwards. */
const clock = () => performance.now();

/**
 * Counts every connection from the moment it is there, whether it will ever say something or not, and ends those that are too many or say nothing.
 * Returns what is to be done once a second.
 */
export function admitConnections(io: RelayServer, { counter, trustedHops, bufferBytes, log, metrics }: Admission): () => void {
  const maxHeld = MESSAGES_HELD * bufferBytes;
  /** Over for us since this second, and since the one before. */
  let leaving: EngineConnection[] = [];
  let left: EngineConnection[] = [];

  function refuse(connection: EngineConnection, why: 'pending' | 'node'): void {
    metrics.connectionsRefused.add(1, { why });
    log.warn({ address: counter.addressOf(connection), why }, 'connection ended: there are too many');
    terminate(connection);
  }

  function onClose(this: EngineConnection): void {
    counter.remove(this);
    leaving.push(this);
  }

  onEngineConnection(io, (connection) => {
    const { remoteAddress, request } = connection;
    const address = limitKey(clientAddress(remoteAddress, request?.headers['x-forwarded-for'], trustedHops));
    const tooMany = counter.add(connection, address, clock());
    if (tooMany === undefined) return refuse(connection, 'node');
    connection.once('close', onClose);
    for (const older of tooMany) refuse(older, 'pending');
  });

  /** A peer that does not close its side would keep the TCP connection for half a minute; one that does not read has to be given time to hear of the end. */
  function closeTcp(connections: readonly EngineConnection[]): void {
    for (const { transport } of connections) if (transport.socket?.bufferedAmount === 0) transport.socket.terminate?.();
  }

  return () => {
    closeTcp(left);
    left = leaving;
    leaving = [];
    for (const connection of counter.takeSilent(CONNECT_TIMEOUT_MS, clock())) connection.close(true);
    for (const connection of holdingTooMuch(counter.strangers(), maxHeld, bufferBytes)) {
      metrics.offendersCut.add();
      log.warn({ address: counter.addressOf(connection) }, 'connection ended: too many bytes of messages that do not end');
      terminate(connection);
    }
  };
}
