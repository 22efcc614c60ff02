import type { Socket as Connection } from 'node:net';

import type { RelayServer } from '../peer.ts';

/** What of an engine's socket is used here. The engine's own types keep some of it private; a test holds it to what is assumed. */
interface EngineSocket {
  /** Gives everything in the queue to the transport, if that is free, and begins a new queue. */
  flush(): void;
  readonly writeBuffer: object[];
  readonly transport: { readonly socket?: { readonly _socket?: Connection } };
  /** Ours: it is among those that will write at the end of this turn. */
  isWaiting?: boolean;
}

/**
 * Has each connection write once in a turn of the event loop, however many events it is to hear: what is said while the turn's packets are dealt with
 * leaves at its end, in one system call. Under load most of what a relay does is writing, and the busier it is the more there is in a turn; a lone event
 * still leaves in the turn in which it came.
 */
export function writeOncePerTurn(io: RelayServer): void {
  let waiting: EngineSocket[] = [];
  let engine: Pick<EngineSocket, 'flush'> | undefined;

  function flushAll(): void {
    const connections = waiting;
    waiting = [];
    for (const connection of connections) {
      connection.isWaiting = false;
      const { writeBuffer: queue, transport } = connection;
      const tcp = transport.socket?._socket;
      tcp?.cork();
      engine?.flush.call(connection);
      tcp?.uncork();
      // A quiet peer's queue is an old array, and what an old array holds outlives many collections of garbage, even if nobody holds the array.
      if (connection.writeBuffer !== queue) queue.length = 0;
    }
  }

  function flushLater(this: EngineSocket): void {
    if (this.isWaiting === true) return;
    this.isWaiting = true;
    if (waiting.length === 0) setImmediate(flushAll);
    waiting.push(this);
  }

  io.engine.on('connection', (connection: EngineSocket) => {
    // The same function for all: a closure for each of ten thousand connections would be felt.
    engine ??= Object.getPrototypeOf(connection) as EngineSocket;
    connection.flush = flushLater;
  });
}
