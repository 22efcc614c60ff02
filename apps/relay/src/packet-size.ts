import { Decoder, Encoder, type Packet } from 'socket.io-parser';

/** What Socket.IO takes as `parser`. */
interface Parser {
  readonly Encoder: typeof Encoder;
  readonly Decoder: typeof Decoder;
}

/** Bytes of a UTF-8 text or of an attachment. */
function sizeOf(chunk: unknown): number {
  if (typeof chunk === 'string') return Buffer.byteLength(chunk);
  return ArrayBuffer.isView(chunk) || chunk instanceof ArrayBuffer ? chunk.byteLength : 0;
}

/**
 * Socket.IO's own parser, which also remembers which events were larger than `maxBytes`, attachments included. Below the engine's own limit (which ends
 * the connection) such an event still arrives, so that its sender can be told.
 */
export function measuringParser(maxBytes: number): { parser: Parser; isOversized: (eventArguments: object) => boolean } {
  const oversized = new WeakSet<object>();
  class MeasuringDecoder extends Decoder {
    #bytes = 0;

    constructor() {
      super();
      // First in line: Socket.IO adds its own listener after this.
      this.on('decoded', (packet: Packet) => {
        const data: unknown = packet.data;
        if (this.#bytes > maxBytes && typeof data === 'object' && data !== null) oversized.add(data);
        this.#bytes = 0;
      });
    }

    override add(chunk: unknown): void {
      this.#bytes += sizeOf(chunk);
      super.add(chunk);
    }
  }
  return { parser: { Encoder, Decoder: MeasuringDecoder }, isOversized: (eventArguments) => oversized.has(eventArguments) };
}
