import type { Acknowledgement } from '@switchboard/protocol';

import type { NewSocket, PeerSocket } from '../peer.ts';
import type { EngineConnection } from './connection.ts';

/** Answers the event that asked for an acknowledgement. */
export type Answer = (acknowledgement: Acknowledgement) => void;

/** Takes one event: its name and arguments as they were decoded, and how to answer if the peer asked for an acknowledgement. It must not throw. */
export type Receive = (eventArguments: unknown[], answer: Answer | undefined) => void;

/** What waits to be sent to a peer. */
export interface SendQueue {
  readonly packets: number;
  readonly bytes: number;
}

/**
 * What the relay needs of Socket.IO and Engine.IO where speed and memory depend on how it is done. There are two implementations with the same behavior: one
 * uses documented API only, the other one takes shortcuts through private parts of both libraries.
 */
export interface Engine {
  /** Whether private parts of the libraries are used. */
  readonly usesShortcuts: boolean;
  /** Hands every event of a socket to `receive`, and none to Socket.IO's listeners. */
  receiveEvents(socket: PeerSocket, receive: Receive): void;
  /** What the transport of a connection has not taken yet. */
  sendQueueOf(connection: EngineConnection): SendQueue;
  /**
   * Bytes that are held for a WebSocket whose current message is incomplete; 0 when there is none, or no WebSocket.
   *
   * @param maxMessageBytes what one message may be; no message is counted as more
   */
  incompleteBytes(connection: EngineConnection, maxMessageBytes: number): number;
  /** Frees the request that a connection began with. Its headers, its token and `handshake` can't be read any more. */
  releaseRequest(socket: NewSocket): void;
}
