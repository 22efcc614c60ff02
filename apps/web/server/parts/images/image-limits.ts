import { errorFor, type ChatError } from '@switchboard/protocol';

import type { ImageType } from './image-types.ts';

/**
 * How many pixels an image may have, by the way it is decoded. Measured: each of these takes less than about 400 MB and 5 s on one processor. A JPEG of one
 * scan is decoded and scaled down line by line, which takes 220 MB whatever its size, so the largest photographs of phones are accepted.
 */
const MAX_PIXELS = { oneScan: 200_000_000, still: 51_000_000, interlaced: 40_000_000, frame: 17_000_000, animation: 100_000_000 };
/** Every frame costs time, however small it is. */
const MAX_FRAMES = 1_000;
/** Most scans of a JPEG. An ordinary progressive one has about ten. */
const MAX_SCANS = 100;

/** What a file's headers say. The decoder finds out whether it is true. */
interface Claims {
  /** Pixels of one frame; 0 when the file is truncated before that. */
  readonly width: number;
  readonly height: number;
  readonly frames: number;
  readonly scans: number;
  /** How the image is decoded, if not like most. */
  readonly kind?: 'oneScan' | 'interlaced';
}

/**
 * Refuses an image that would take long to decode, according to its own structure, and returns how many pixels it may have, all frames together. Passes over
 * the bytes once and decodes nothing. A truncated or invalid file passes: the decoder refuses it.
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

/** The first chunk must be IHDR. */
function ofPng(bytes: Buffer): Claims {
  if (bytes.length < 24) return NOTHING;
  return { width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20), ...STILL, ...(bytes[28] === 1 ? { kind: 'interlaced' } : {}) };
}

/** Walks the blocks. A frame may be larger than the screen size in the header: then the screen grows. */
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

/** Bytes of the color table that these flags declare. */
function colorTable(flags: number): number {
  return (flags & 0x80) === 0 ? 0 : 3 * 2 ** ((flags & 0x07) + 1);
}

/** Chunk names as 32-bit numbers. */
const [ANMF, VP8X, VP8L, VP8] = [0x414e4d46, 0x56503858, 0x5650384c, 0x56503820];

/** Walks the chunks. */
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

/** Walks the markers. */
function ofJpeg(bytes: Buffer): Claims {
  let [width, height, scans, parts] = [0, 0, 0, 0];
  // Baseline, with all colors in a single scan: any other kind is buffered whole while it is decoded.
  let isPlain = true;
  let at = bytes.indexOf(0xff, 2);
  while (at !== -1 && at + 9 < bytes.length && scans <= MAX_SCANS) {
    const marker = bytes[at + 1] ?? 0;
    // Fill bytes, and escapes within the pixel data.
    if (marker === 0xff || marker === 0x00 || marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8)) at += marker === 0xff ? 1 : 2;
    else if (marker === 0xd9) break;
    else {
      // SOF markers; DHT, JPG and DAC are in the same range.
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
