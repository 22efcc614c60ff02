import { errorFor, type ChatError } from '@switchboard/protocol';

import type { ImageType } from './image-types.ts';

/**
 * How many pixels an image may have, by what decoding it takes. Measured: each of these stays below some 400 MB and 5 s on one processor.
 * A JPEG that comes in one scan is decoded line by line, and made smaller on the way: that takes 220 MB whatever its size. It may be the largest photograph of a phone.
 */
const MAX_PIXELS = { oneScan: 200_000_000, still: 51_000_000, interlaced: 40_000_000, frame: 17_000_000, animation: 100_000_000 };
/** Frames cost time however small they are. */
const MAX_FRAMES = 1_000;
/** How often a JPEG may go over its pixels. A usual progressive one does so ten times. */
const MAX_SCANS = 100;

/** What a file says of itself. Whether it is true is for the decoder to find out. */
interface Claims {
  /** Pixels of one frame; 0 where the file does not get that far. */
  readonly width: number;
  readonly height: number;
  readonly frames: number;
  readonly scans: number;
  /** How it is decoded, where that is not as most are. */
  readonly kind?: 'oneScan' | 'interlaced';
}

/**
 * Refuses an image that would take long to decode, by what its own structure says, and returns how many pixels it may have, all frames together. Goes over
 * the bytes once, decodes nothing and keeps nothing. A file that breaks off or is nonsense passes: the decoder refuses it.
 *
 * @throws ChatError `too_large`
 */
export function refuseCostly(bytes: Buffer, type: ImageType): number {
  const { width, height, frames, scans, kind = 'still' } = CLAIMS[type](bytes);
  if (frames > MAX_FRAMES) throw refused('picture_too_many_frames', MAX_FRAMES);
  if (scans > MAX_SCANS) throw refused('picture_too_many_scans', MAX_SCANS);
  if (frames > 1 && width * height > MAX_PIXELS.frame) throw refused('picture_frame_too_large', MAX_PIXELS.frame / MILLION);
  const most = frames > 1 ? MAX_PIXELS.animation : MAX_PIXELS[kind];
  if (width * height * frames > most) throw tooManyPixels(most);
  return most;
}

type Costly = 'picture_too_many_frames' | 'picture_too_many_scans' | 'picture_frame_too_large' | 'picture_too_many_pixels';

function refused(reason: Costly, limit: number): ChatError {
  return errorFor(reason, { limit }, { fields: { file: 'takes too much work to decode' } });
}

const MILLION = 1_000_000;

/** The error for an image with more than `most` pixels, all frames together. */
export function tooManyPixels(most: number): ChatError {
  return refused('picture_too_many_pixels', most / MILLION);
}

const STILL = { frames: 1, scans: 1 };
const NOTHING: Claims = { width: 0, height: 0, ...STILL };

const CLAIMS: Readonly<Record<ImageType, (bytes: Buffer) => Claims>> = {
  'image/png': ofPng,
  'image/jpeg': ofJpeg,
  'image/gif': ofGif,
  'image/webp': ofWebp,
};

/** The first chunk has to be IHDR. */
function ofPng(bytes: Buffer): Claims {
  if (bytes.length < 24) return NOTHING;
  return { width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20), ...STILL, ...(bytes[28] === 1 ? { kind: 'interlaced' } : {}) };
}

/** Goes from block to block. A frame may be larger than the screen that the header promises, then the screen grows. */
function ofGif(bytes: Buffer): Claims {
  if (bytes.length < 13) return NOTHING;
  let [width, height] = [bytes.readUInt16LE(6), bytes.readUInt16LE(8)];
  let frames = 0;
  let at = 13 + colorTable(bytes[10] ?? 0);
  const skipSubBlocks = () => {
    while (at < bytes.length && bytes[at] !== 0) at += 1 + (bytes[at] ?? 0);
    at += 1;
  };
  while (at < bytes.length && frames <= MAX_FRAMES) {
    const block = bytes[at];
    if (block === 0x2c && at + 10 <= bytes.length) {
      frames += 1;
      width = Math.max(width, bytes.readUInt16LE(at + 1) + bytes.readUInt16LE(at + 5));
      height = Math.max(height, bytes.readUInt16LE(at + 3) + bytes.readUInt16LE(at + 7));
      at += 11 + colorTable(bytes[at + 9] ?? 0);
      skipSubBlocks();
    } else if (block === 0x21) {
      at += 2;
      skipSubBlocks();
    } else break;
  }
  return { width, height, frames: Math.max(frames, 1), scans: 1 };
}

/** Bytes of the color table that these flags announce. */
function colorTable(flags: number): number {
  return (flags & 0x80) === 0 ? 0 : 3 * 2 ** ((flags & 0x07) + 1);
}

/** Names of chunks, as the number that their four letters are. */
const [ANMF, VP8X, VP8L, VP8] = [0x414e4d46, 0x56503858, 0x5650384c, 0x56503820];

/** Goes from chunk to chunk. */
function ofWebp(bytes: Buffer): Claims {
  let [width, height, frames] = [0, 0, 0];
  const grow = (w: number, h: number) => ([width, height] = [Math.max(width, w), Math.max(height, h)]);
  for (let at = 12; at + 18 <= bytes.length && frames <= MAX_FRAMES;) {
    const chunk = bytes.readUInt32BE(at);
    if (chunk === ANMF) frames += 1;
    if (chunk === VP8X) grow(bytes.readUIntLE(at + 12, 3) + 1, bytes.readUIntLE(at + 15, 3) + 1);
    if (chunk === VP8L) grow((bytes.readUInt32LE(at + 9) & 0x3fff) + 1, ((bytes.readUInt32LE(at + 9) >>> 14) & 0x3fff) + 1);
    if (chunk === VP8) grow(bytes.readUInt16LE(at + 14) & 0x3fff, bytes.readUInt16LE(at + 16) & 0x3fff);
    const size = bytes.readUInt32LE(at + 4);
    at += 8 + size + (size % 2);
  }
  return { width, height, frames: Math.max(frames, 1), scans: 1 };
}

/** Goes from marker to marker. */
function ofJpeg(bytes: Buffer): Claims {
  let [width, height, scans, parts] = [0, 0, 0, 0];
  // Of the usual kind, with all colours in its only scan: any other is kept whole while it is decoded.
  let isPlain = true;
  let at = bytes.indexOf(0xff, 2);
  while (at !== -1 && at + 9 < bytes.length && scans <= MAX_SCANS) {
    const marker = bytes[at + 1] ?? 0;
    // Fill bytes, and what stands in the pixels' data without a meaning of its own.
    if (marker === 0xff || marker === 0x00 || marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8)) at += marker === 0xff ? 1 : 2;
    else if (marker === 0xd9) break;
    else {
      // SOF, but for DHT, JPG and DAC, which stand among them.
      if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)) {
        [height, width] = [Math.max(height, bytes.readUInt16BE(at + 5)), Math.max(width, bytes.readUInt16BE(at + 7))];
        isPlain &&= marker <= 0xc1 && parts === 0;
        parts = bytes[at + 9] ?? 0;
      }
      if (marker === 0xda) {
        scans += 1;
        isPlain &&= scans === 1 && bytes[at + 4] === parts;
      }
      at += 2 + bytes.readUInt16BE(at + 2);
    }
    at = at < bytes.length ? bytes.indexOf(0xff, at) : -1;
  }
  return { width, height, frames: 1, scans: Math.max(scans, 1), ...(isPlain && scans === 1 ? { kind: 'oneScan' } : {}) };
}
