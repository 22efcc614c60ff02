import type { IncomingMessage } from 'node:http';

import type { EngineConnection } from '../engine/engine.ts';

/** What of a transport its own types keep private, or do not know. A test holds it to that. */
interface ReceivingTransport {
  /** WebSocket: what has come of a message that is not whole yet. */
  readonly socket?: { readonly _receiver?: { readonly _bufferedBytes: number; readonly _messageLength: number } };
  /** Polling: a request whose body is still coming. */
  readonly dataReq?: IncomingMessage | null;
}

/** Bytes that are held for a connection because its message is not whole yet; of a polling request what it has announced, or as much as it may have. */
function heldBytes({ transport }: EngineConnection, maxMessageBytes: number): number {
  const { socket, dataReq } = transport as unknown as ReceivingTransport;
  const receiver = socket?._receiver;
  if (receiver !== undefined) return receiver._bufferedBytes + receiver._messageLength;
  if (dataReq === undefined || dataReq === null) return 0;
  const announced = Number(dataReq.headers['content-length']);
  return Number.isFinite(announced) ? Math.min(announced, maxMessageBytes) : maxMessageBytes;
}

/**
 * The connections that have to go because more is held for those of one address than may be: messages that begin and never end would otherwise fill the
 * memory, one connection at a time.
 *
 * @param strangers those without a token, with their addresses
 */
export function holdingTooMuch(
  strangers: Iterable<readonly [EngineConnection, string]>,
  maxPerAddress: number,
  maxMessageBytes: number,
): EngineConnection[] {
  const held = new Map<string, number>();
  const tooMuch: EngineConnection[] = [];
  for (const [connection, address] of strangers) {
    const bytes = heldBytes(connection, maxMessageBytes);
    if (bytes === 0) continue;
    const sum = (held.get(address) ?? 0) + bytes;
    if (sum > maxPerAddress) tooMuch.push(connection);
    else held.set(address, sum);
  }
  return tooMuch;
}
