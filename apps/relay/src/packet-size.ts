import { Decoder, Encoder, type Packet, PacketType } from 'socket.io-parser';

/** What Socket.IO takes as `parser`. */
interface Parser {
  readonly Encoder: typeof Encoder;
  readonly Decoder: typeof Decoder;
}

/** Smaller events are not worth remembering: how many of them come is limited anyway. Characters. */
const SMALL = 4_096;

/** As they stand at the beginning of a packet. */
const BINARY_PACKETS = new Set([String(PacketType.BINARY_EVENT), String(PacketType.BINARY_ACK)]);

/**
 * Socket.IO's own parser without binary packets, which nobody of ours sends and which have been the weak spot of such parsers; whoever sends one is cut.
 * It also remembers how large events were: above `maxHttpBufferSize` the engine ends the connection, below it the sender can be told.
 */
export function measuringParser(): { parser: Parser; bytesOf: (eventArguments: object) => number } {
  const sizes = new WeakMap<object, number>();
  class MeasuringDecoder extends Decoder {
    #bytes = 0;

    constructor() {
      super();
      // First in line: Socket.IO adds its own listener after this.
      this.on('decoded', (packet: Packet) => {
        const data: unknown = packet.data;
        if (this.#bytes > 0 && typeof data === 'object' && data !== null) sizes.set(data, this.#bytes);
      });
    }

    override add(chunk: unknown): void {
      // Socket.IO ends the connection of whoever makes the parser throw.
      if (typeof chunk !== 'string' || BINARY_PACKETS.has(chunk.charAt(0))) throw new Error('binary packets are not spoken here');
      this.#bytes = chunk.length > SMALL ? Buffer.byteLength(chunk) : 0;
      super.add(chunk);
    }
  }
  return { parser: { Encoder, Decoder: MeasuringDecoder }, bytesOf: (eventArguments) => sizes.get(eventArguments) ?? 0 };
}
