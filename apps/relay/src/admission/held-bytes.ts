import type { Engine, EngineConnection } from '../engine/index.ts';

/** Bytes that are held for a connection because its message is incomplete. A polling request counts as what it has announced, or as the maximum. */
function heldBytes(engine: Engine, connection: EngineConnection, maxMessageBytes: number): number {
  const request = connection.notes?.incomingRequest;
  if (request === undefined) return engine.incompleteBytes(connection, maxMessageBytes);
  const announced = Number(request.headers['content-length']);
  return Number.isFinite(announced) ? Math.min(announced, maxMessageBytes) : maxMessageBytes;
}

/** How much may be held. */
interface HeldLimits {
  /** Bytes for all connections from one IP address. */
  readonly perIp: number;
  /** Bytes of one message. */
  readonly perMessage: number;
}

/**
 * The connections that have to be ended because more is held for their IP address than the limit. Messages that begin and never end would otherwise fill the
 * memory, one connection at a time.
 *
 * @param anonymous the connections without a token, with their IP addresses
 */
export function holdingTooMuch(
  engine: Engine,
  anonymous: Iterable<readonly [EngineConnection, string]>,
  { perIp, perMessage }: HeldLimits,
): EngineConnection[] {
  const held = new Map<string, number>();
  const tooMuch: EngineConnection[] = [];
  for (const [connection, ip] of anonymous) {
    const bytes = heldBytes(engine, connection, perMessage);
    if (bytes === 0) continue;
    const sum = (held.get(ip) ?? 0) + bytes;
    if (sum > perIp) tooMuch.push(connection);
    else held.set(ip, sum);
  }
  return tooMuch;
}
