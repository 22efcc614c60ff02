import { Decoder, Encoder, type Packet, PacketType } from 'socket.io-parser';

/** The option `parser` of Socket.IO. */
interface Parser {
  readonly Encoder: typeof Encoder;
  readonly Decoder: typeof Decoder;
}

/** The sizes of smaller events are not remembered, because their number is limited. Characters. */
const SMALL = 4_096;
/** Digits of an acknowledgement id at most: a longer one would lose precision. */
const MAX_ID_DIGITS = 15;

/** The protocol has three levels of nesting. Deeper nesting costs more time to parse than its bytes are worth. */
const MAX_DEPTH = 16;
/** Enough for a token and some fields. The limit of events depends on their sender and is applied later. Characters. */
const MAX_OTHER_LENGTH = 16_384;

const QUOTE = '"'.charCodeAt(0);
const BACKSLASH = '\\'.charCodeAt(0);
const OPEN_BRACKET = '['.charCodeAt(0);
const CLOSE_BRACKET = ']'.charCodeAt(0);
const OPEN_BRACE = '{'.charCodeAt(0);
const CLOSE_BRACE = '}'.charCodeAt(0);
const ZERO = '0'.charCodeAt(0);
const NINE = '9'.charCodeAt(0);
const SLASH = '/'.charCodeAt(0);

/** Packet types by their digits. Others are not supported. */
const TYPES = [PacketType.CONNECT, PacketType.DISCONNECT, PacketType.EVENT, PacketType.ACK, PacketType.CONNECT_ERROR] as const;

/** Names that Socket.IO reserves: as events they would be mistaken for changes of the socket. */
const RESERVED = new Set(['connect', 'connect_error', 'disconnect', 'disconnecting', 'newListener', 'removeListener']);

function isRecord(data: unknown): boolean {
  return typeof data === 'object' && data !== null && !Array.isArray(data);
}

function isEvent(data: unknown): boolean {
  if (!Array.isArray(data)) return false;
  const name: unknown = data[0];
  return typeof name === 'number' || (typeof name === 'string' && !RESERVED.has(name));
}

/** Whether a packet may have this data, by type. Socket.IO checks which types require data. */
const IS_VALID_DATA: Readonly<Record<(typeof TYPES)[number], (data: unknown) => boolean>> = {
  [PacketType.CONNECT]: isRecord,
  [PacketType.DISCONNECT]: () => false,
  [PacketType.EVENT]: isEvent,
  [PacketType.ACK]: (data) => Array.isArray(data),
  [PacketType.CONNECT_ERROR]: (data) => typeof data === 'string' || isRecord(data),
};

/** Whether a text has more than `maximum` of a character. */
function hasMoreThan(maximum: number, character: string, text: string, from: number): boolean {
  let found = 0;
  for (let at = text.indexOf(character, from); at >= 0; at = text.indexOf(character, at + 1)) {
    found += 1;
    if (found > maximum) return true;
  }
  return false;
}

/** Whether brackets outside of strings are nested too deep, in JSON that begins at `from`. One pass, and none for nearly all packets. */
function isTooDeep(text: string, from: number): boolean {
  if (!hasMoreThan(MAX_DEPTH / 2, '[', text, from) && !hasMoreThan(MAX_DEPTH / 2, '{', text, from)) return false;
  let depth = 0;
  let isQuoted = false;
  for (let at = from; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (isQuoted) {
      if (code === BACKSLASH) at += 1;
      else if (code === QUOTE) isQuoted = false;
    } else if (code === QUOTE) isQuoted = true;
    else if (code === OPEN_BRACKET || code === OPEN_BRACE) depth += 1;
    else if (code === CLOSE_BRACKET || code === CLOSE_BRACE) depth -= 1;
    if (depth > MAX_DEPTH) return true;
  }
  return false;
}

/**
 * Decodes a text packet of Socket.IO's protocol, revision 5: `<type>[<namespace>,][<id>][<JSON>]`. Binary packets count as malformed: Switchboard's clients send
 * none, and they have been the weak spot of such parsers.
 *
 * @throws Error for a malformed packet
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
  if (at - idAt > MAX_ID_DIGITS) throw new Error('broken packet: acknowledgement id too long');
  if (type === undefined) throw new Error('broken packet: unknown type');
  if (type !== PacketType.EVENT && text.length > MAX_OTHER_LENGTH) throw new Error('broken packet: too long');
  if (isTooDeep(text, at)) throw new Error('broken packet: nested too deep');
  const data: unknown = at < text.length ? JSON.parse(text.slice(at)) : undefined;
  if (data !== undefined && !IS_VALID_DATA[type](data)) throw new Error('broken packet');
  return { type, nsp, ...(at > idAt ? { id: Number(text.slice(idAt, at)) } : undefined), ...(data === undefined ? undefined : { data }) };
}

/** Encodes a packet. */
export function encodePacket({ type, nsp, id, data }: Packet): string {
  const place = nsp === undefined || nsp === '/' ? '' : `${nsp},`;
  return `${type}${place}${id ?? ''}${data === undefined || data === null ? '' : JSON.stringify(data)}`;
}

/**
 * Socket.IO's protocol without the features that a relay does not need. Binary packets end the connection, sent packets are not searched for binary data, and
 * a connection may connect once, because limits count connections. It also remembers how large events were: above `maxHttpBufferSize` Engine.IO ends the
 * connection, below it the sender gets an error.
 *
 * @param onBroken called for each packet that ends its connection
 */
export function textParser(onBroken: () => void = () => undefined): { parser: Parser; bytesOf: (eventArguments: object) => number } {
  const sizes = new WeakMap<object, number>();

  class TextEncoder extends Encoder {
    override encode(packet: Packet): string[] {
      return [encodePacket(packet)];
    }
  }

  /** One for each connection. */
  class TextDecoder extends Decoder {
    #hasConnected = false;

    override add(chunk: unknown): void {
      let packet: Packet;
      try {
        packet = this.#decode(chunk);
      } catch (error) {
        onBroken();
        // Socket.IO ends the connection when the parser throws.
        throw error;
      }
      this.emitReserved('decoded', packet);
    }

    #decode(chunk: unknown): Packet {
      if (typeof chunk !== 'string') throw new Error('binary packets are not supported');
      const packet = decodePacket(chunk);
      // For other namespaces, Socket.IO answers that they do not exist, and creates no socket.
      if (packet.type === PacketType.CONNECT && packet.nsp === '/') {
        // Counted on arrival: while the first one is being verified, Socket.IO would accept any number of others.
        if (this.#hasConnected) throw new Error('broken packet: a connection connects once');
        this.#hasConnected = true;
      }
      if (chunk.length > SMALL && typeof packet.data === 'object') sizes.set(packet.data as object, Buffer.byteLength(chunk));
      return packet;
    }
  }
  return { parser: { Encoder: TextEncoder, Decoder: TextDecoder }, bytesOf: (eventArguments) => sizes.get(eventArguments) ?? 0 };
}
