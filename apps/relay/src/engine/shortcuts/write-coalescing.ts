import type { RelayServer } from '../../peer.ts';
import { type EngineConnection, onConnection } from '../connection.ts';

/** Private parts of a connection of Engine.IO. */
interface Flushable {
  /** Gives everything in the queue to the transport, if that is free, and begins a new queue. */
  flush(): void;
  readonly writeBuffer: object[];
  /** Ours: it is among the connections that write at the end of this iteration of the event loop. */
  isWaiting?: boolean;
}

type Connection = EngineConnection & Flushable;

/**
 * Write coalescing: each connection writes at most once in an iteration of the event loop, however many events it is sent. Everything that is sent while the
 * packets of the iteration are processed leaves at its end, in one system call. Under load most of the relay's work is writing, and the higher the load the more is
 * sent in an iteration; a single event still leaves in the iteration in which it came.
 */
export function coalesceWrites(io: RelayServer): void {
  let waiting: Connection[] = [];
  let prototype: Pick<Flushable, 'flush'> | undefined;

  function flushAll(): void {
    const connections = waiting;
    waiting = [];
    for (const connection of connections) {
      connection.isWaiting = false;
      const { writeBuffer: queue, notes } = connection;
      const tcp = notes?.tcp;
      tcp?.cork();
      prototype?.flush.call(connection);
      tcp?.uncork();
      // The queue of a quiet peer is an old array. Garbage collection keeps the contents of an old array for many cycles, even if nobody holds the array.
      if (connection.writeBuffer !== queue) queue.length = 0;
    }
  }

  function flushLater(this: Connection): void {
    if (this.isWaiting === true) return;
    this.isWaiting = true;
    if (waiting.length === 0) setImmediate(flushAll);
    waiting.push(this);
  }

  onConnection(io, (connection) => {
    prototype ??= Object.getPrototypeOf(connection) as Flushable;
    // The same function for all connections: ten thousand closures would take measurable memory.
    Object.assign(connection, { flush: flushLater });
  });
}
