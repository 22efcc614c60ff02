import { type EngineConnection, lengthOf } from '../connection.ts';
import type { SendQueue } from '../engine.ts';

/** Private fields: the queue of Engine.IO, and what `ws` holds of a message that is incomplete. */
interface Buffers {
  readonly writeBuffer: readonly { readonly data?: unknown }[];
  readonly transport: { readonly socket?: { readonly _receiver?: { readonly _bufferedBytes: number; readonly _messageLength: number } } };
}

const buffersOf = (connection: EngineConnection) => connection as unknown as Buffers;

/** Reads the queue of Engine.IO where it is, instead of counting each packet. */
export function sendQueueOf(connection: EngineConnection): SendQueue {
  const { writeBuffer } = buffersOf(connection);
  let bytes = 0;
  for (const { data } of writeBuffer) bytes += lengthOf(data);
  return { packets: writeBuffer.length, bytes };
}

/** The exact number of bytes, decompressed, that `ws` holds of an incomplete message. */
export function incompleteBytes(connection: EngineConnection): number {
  const receiver = buffersOf(connection).transport.socket?._receiver;
  return receiver === undefined ? 0 : receiver._bufferedBytes + receiver._messageLength;
}
