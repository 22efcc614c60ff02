import { randomFillSync } from 'node:crypto';

const TEXT = 0x81;
const MASKED = 0x80;
/** Sizes from 126 on are written in two more bytes, and those from 65,536 on in eight (marked by 127). */
const MEDIUM = 126;
const SIZE = 0x7f;
const OPCODE = 0x0f;

/** Masks of earlier frames are reused: the work of the server is the same. */
const masks = randomFillSync(Buffer.alloc(4_096));
let nextMask = 0;

/** The frame in which a client sends a text: masked, as servers require. @throws RangeError for a text of 65,536 bytes or more */
export function clientFrame(text: string): Buffer {
  const size = Buffer.byteLength(text);
  if (size > 0xff_ff) throw new RangeError(`${size} bytes are too many for one frame; at most 65535 are supported.`);
  const head = size < MEDIUM ? 2 : 4;
  const frame = Buffer.allocUnsafe(head + 4 + size);
  frame[0] = TEXT;
  frame[1] = MASKED | (size < MEDIUM ? size : MEDIUM);
  if (head === 4) frame.writeUInt16BE(size, 2);
  masks.copy(frame, head, nextMask, nextMask + 4);
  nextMask = (nextMask + 4) % masks.length;
  const start = head + 4;
  frame.write(text, start);
  for (let index = 0; index < size; index += 1) frame[start + index]! ^= frame[head + (index & 3)]!;
  return frame;
}

/** Receives the text of a frame: `bytes` from `start` to before `end`, which are valid only until it returns. */
export type TextSink = (bytes: Buffer, start: number, end: number) => void;

/** Finds the frames in the bytes of a server, however they are split into pieces. Frames other than texts are skipped. */
export class FrameReader {
  readonly #sink: TextSink;
  /** The beginning of an incomplete frame. */
  #rest: Buffer | undefined;

  constructor(sink: TextSink) {
    this.#sink = sink;
  }

  /** Reads the first `length` bytes of a piece. @throws Error for a text in several frames, which none of these servers sends */
  push(piece: Buffer, length: number): void {
    const bytes = this.#rest === undefined ? piece : Buffer.concat([this.#rest, piece.subarray(0, length)]);
    const end = this.#rest === undefined ? length : bytes.length;
    this.#rest = undefined;
    let at = 0;
    while (at < end) {
      const head = headSize(bytes, at, end);
      const body = at + head;
      const next = body + (body > end ? 0 : bodySize(bytes, at, head));
      if (next > end) {
        this.#rest = Buffer.from(bytes.subarray(at, end));
        return;
      }
      if (bytes[at] === TEXT) this.#sink(bytes, body, next);
      else if (((bytes[at] ?? 0) & OPCODE) <= 1) throw new Error('A text came in several frames, which is not supported.');
      at = next;
    }
  }
}

/** The size of a frame's head; more than there is while that is unknown. */
function headSize(bytes: Buffer, at: number, end: number): number {
  if (at + 2 > end) return 2;
  const size = (bytes[at + 1] ?? 0) & SIZE;
  return size < MEDIUM ? 2 : size === MEDIUM ? 4 : 10;
}

function bodySize(bytes: Buffer, at: number, head: number): number {
  if (head === 2) return (bytes[at + 1] ?? 0) & SIZE;
  return head === 4 ? bytes.readUInt16BE(at + 2) : Number(bytes.readBigUInt64BE(at + 2));
}
