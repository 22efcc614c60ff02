import { Decoder, Encoder, type Packet, PacketType } from 'socket.io-parser';

/** What Socket.IO takes as `parser`. */
interface Parser {
  readonly Encoder: typeof Encoder;
  readonly Decoder: typeof Decoder;
}

/** Smaller events are not worth remembering: how many of them come is limited anyway. Characters. */
const SMALL = 4_096;
/** More digits than this are no number of a question: they would not come back as they were. */
const MAX_ID_DIGITS = 15;

const ZERO = '0'.charCodeAt(0);
const NINE = '9'.charCodeAt(0);
const SLASH = '/'.charCodeAt(0);

/** By their digits; what is not among them is not spoken here. */
const TYPES = [PacketType.CONNECT, PacketType.DISCONNECT, PacketType.EVENT, PacketType.ACK, PacketType.CONNECT_ERROR] as const;

/** Names that Socket.IO keeps for itself: as events they would be mistaken for what happens to the socket. */
const RESERVED = new Set(['connect', 'connect_error', 'disconnect', 'disconnecting', 'newListener', 'removeListener']);

function isRecord(data: unknown): boolean {
  return typeof data === 'object' && data !== null && !Array.isArray(data);
}

function isEvent(data: unknown): boolean {
  if (!Array.isArray(data)) return false;
  const name: unknown = data[0];
  return typeof name === 'number' || (typeof name === 'string' && !RESERVED.has(name));
}

/** What a packet may carry, if it carries anything; which types have to is for Socket.IO to say. */
const CARRIES: Readonly<Record<(typeof TYPES)[number], (data: unknown) => boolean>> = {
  [PacketType.CONNECT]: isRecord,
  [PacketType.DISCONNECT]: () => false,
  [PacketType.EVENT]: isEvent,
  [PacketType.ACK]: (data) => Array.isArray(data),
  [PacketType.CONNECT_ERROR]: (data) => typeof data === 'string' || isRecord(data),
};

/**
 * Reads a text packet of Socket.IO's protocol, revision 5: `<type>[<namespace>,][<id>][<JSON>]`. Binary packets count as broken: nobody of ours sends any,
 * and they have been the weak spot of such parsers.
 *
 * @throws Error for what is no such packet
 * @see https://github.com/socketio/socket.io-protocol
 */
export function decodePacket(text: string): Packet {
  const type = TYPES[text.charCodeAt(0) - ZERO];
  let at = 1;
  let nsp = '/';
  if (text.charCodeAt(at) === SLASH) {
    const comma = text.indexOf(',', at);
    const end = comma < 0 ? text.length : comma;
    nsp = text.slice(at, end);
    at = end + 1;
  }
  const idAt = at;
  while (text.charCodeAt(at) >= ZERO && text.charCodeAt(at) <= NINE) at += 1;
  if (at - idAt > MAX_ID_DIGITS) throw new Error('broken packet: too long a number');
  const data: unknown = at < text.length ? JSON.parse(text.slice(at)) : undefined;
  if (type === undefined || (data !== undefined && !CARRIES[type](data))) throw new Error('broken packet');
  return { type, nsp, ...(at > idAt ? { id: Number(text.slice(idAt, at)) } : undefined), ...(data === undefined ? undefined : { data }) };
}

/** Writes one. */
export function encodePacket({ type, nsp, id, data }: Packet): string {
  const place = nsp === undefined || nsp === '/' ? '' : `${nsp},`;
  return `${type}${place}${id ?? ''}${data === undefined || data === null ? '' : JSON.stringify(data)}`;
}

/**
 * Socket.IO's protocol without what a relay has no use for: binary packets are refused (whoever sends one is cut), and none is looked for in what is sent.
 * It also remembers how large events were: above `maxHttpBufferSize` the engine ends the connection, below it the sender can be told.
 */
export function textParser(): { parser: Parser; bytesOf: (eventArguments: object) => number } {
  const sizes = new WeakMap<object, number>();

  class TextEncoder extends Encoder {
    override encode(packet: Packet): string[] {
      return [encodePacket(packet)];
    }
  }

  class TextDecoder extends Decoder {
    override add(chunk: unknown): void {
      // Socket.IO ends the connection of whoever makes the parser throw.
      if (typeof chunk !== 'string') throw new Error('binary packets are not spoken here');
      const packet = decodePacket(chunk);
      if (chunk.length > SMALL && typeof packet.data === 'object') sizes.set(packet.data as object, Buffer.byteLength(chunk));
      this.emitReserved('decoded', packet);
    }
  }
  return { parser: { Encoder: TextEncoder, Decoder: TextDecoder }, bytesOf: (eventArguments) => sizes.get(eventArguments) ?? 0 };
}
