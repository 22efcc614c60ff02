import fc from 'fast-check';
import { expect, it } from 'vitest';

import { clientFrame, FrameReader } from './frames.ts';

/** The frame in which a server sends a text. */
function serverFrame(text: string): Buffer {
  const body = Buffer.from(text);
  if (body.length < 126) return Buffer.concat([Buffer.from([0x81, body.length]), body]);
  if (body.length < 65_536) return Buffer.concat([Buffer.from([0x81, 126, body.length >> 8, body.length & 255]), body]);
  const head = Buffer.from([0x81, 127, 0, 0, 0, 0, 0, 0, 0, 0]);
  head.writeUInt32BE(body.length, 6);
  return Buffer.concat([head, body]);
}

/** The texts that a reader finds in pieces that all arrive in the same buffer, with old bytes after the new ones, as on a connection. */
function readIn(pieces: readonly Buffer[]): string[] {
  const texts: string[] = [];
  const reader = new FrameReader((bytes, start, end) => texts.push(bytes.toString('utf8', start, end)));
  const shared = Buffer.alloc(Math.max(...pieces.map(({ length }) => length)) + 20);
  for (const piece of pieces) {
    shared.fill(0x81);
    piece.copy(shared);
    reader.push(shared, piece.length);
  }
  return texts;
}

it('finds every text, however the bytes are split', () => {
  const text = fc
    .record({ size: fc.oneof(fc.integer({ min: 0, max: 300 }), fc.constantFrom(125, 126, 127, 65_535, 65_536)), mark: fc.string() })
    .map(({ size, mark }) => `${mark}${'ä'.repeat(size / 2)}${'.'.repeat(size % 2)}`);
  fc.assert(
    fc.property(fc.array(text, { minLength: 1, maxLength: 6 }), fc.array(fc.nat({ max: 3_000 }), { maxLength: 12 }), (texts, cuts) => {
      const bytes = Buffer.concat(texts.map(serverFrame));
      const ends = [...cuts.filter((cut) => cut < bytes.length).toSorted((a, b) => a - b), bytes.length];
      const read = readIn(ends.map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end)));
      expect(read.map((text) => text.slice(0, 400))).toEqual(texts.map((text) => text.slice(0, 400)));
      expect(read.join('|') === texts.join('|')).toBe(true);
    }),
    { numRuns: 100 },
  );
});

it('finds texts that arrive byte by byte, and skips other frames', () => {
  const ping = Buffer.from([0x89, 2, 1, 2]);
  const bytes = Buffer.concat([ping, serverFrame('a'), ping, serverFrame('b'.repeat(300))]);
  expect(readIn(Array.from(bytes, (byte) => Buffer.from([byte])))).toEqual(['a', 'b'.repeat(300)]);
});

it('throws when a text comes in several frames', () => {
  expect(() => readIn([Buffer.from([0x01, 1, 0x61])])).toThrow('several frames');
});

it('refuses a text that is too large', () => {
  expect(() => clientFrame('a'.repeat(65_536))).toThrow(RangeError);
});
