import { Buffer } from 'node:buffer';

import sharp from 'sharp';

/**
 * A GIF of this many frames.
 *
 * @param side of each frame, if larger than the screen
 * @param comments of one byte before the first frame
 */
export function gif(frames: number, width: number, height: number, side = 0, comments = 0): Buffer {
  const header = Buffer.from('GIF89a\0\0\0\0\u0080\0\0\0\0\0\u00FF\u00FF\u00FF', 'latin1');
  header.writeUInt16LE(width, 6);
  header.writeUInt16LE(height, 8);
  const frame = Buffer.from([0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 0x01, 0]);
  frame.writeUInt16LE(Math.max(side, 1), 5);
  frame.writeUInt16LE(Math.max(side, 1), 7);
  const comment = Buffer.concat([Buffer.from([0x21, 0xfe]), Buffer.alloc(2 * comments, Buffer.from([1, 0x61])), Buffer.from([0])]);
  return Buffer.concat([header, ...(comments === 0 ? [] : [comment]), Buffer.alloc(frame.length * frames, frame), Buffer.from([0x3b])]);
}

/** A WebP animation of this many empty frames. */
export function webp(frames: number, width: number, height: number): Buffer {
  const canvas = Buffer.alloc(10);
  canvas[0] = 2;
  canvas.writeUIntLE(width - 1, 4, 3);
  canvas.writeUIntLE(height - 1, 7, 3);
  const frame = chunk('ANMF', Buffer.alloc(16));
  const body = Buffer.concat([chunk('VP8X', canvas), chunk('ANIM', Buffer.alloc(6)), Buffer.alloc(frame.length * frames, frame)]);
  return riff(body);
}

function chunk(name: string, data: Buffer): Buffer {
  const head = Buffer.from(`${name}\0\0\0\0`, 'latin1');
  head.writeUInt32LE(data.length, 4);
  return Buffer.concat([head, data, Buffer.alloc(data.length % 2)]);
}

function riff(body: Buffer): Buffer {
  const head = Buffer.from('RIFF\0\0\0\0WEBP', 'latin1');
  head.writeUInt32LE(4 + body.length, 4);
  return Buffer.concat([head, body]);
}

/** A WebP with an additional, unknown chunk. */
export function withChunk(image: Buffer, text: string): Buffer {
  return riff(Buffer.concat([image.subarray(12), chunk('EVIL', Buffer.from(text))]));
}

/** The beginning of a PNG of this size. */
export function pngOf(width: number, height: number): Buffer {
  const head = Buffer.from('\u0089PNG\r\n\u001A\n\0\0\0\rIHDR\0\0\0\0\0\0\0\0\u0008\u0002\0\0\0', 'latin1');
  head.writeUInt32BE(width, 16);
  head.writeUInt32BE(height, 20);
  return head;
}

/** A JPEG with a comment. */
export function withComment(image: Buffer, text: string): Buffer {
  const head = Buffer.from([0xff, 0xfe, 0, 0]);
  head.writeUInt16BE(text.length + 2, 2);
  return Buffer.concat([image.subarray(0, 2), head, Buffer.from(text, 'latin1'), image.subarray(2)]);
}

/** A progressive JPEG whose last scan is repeated this many times. */
export async function scannedAgain(times: number): Promise<Buffer> {
  const image = await sharp({ create: { width: 64, height: 64, channels: 3, background: '#369' } })
    .jpeg({ progressive: true })
    .toBuffer();
  const last = image.subarray(image.lastIndexOf(Buffer.from([0xff, 0xda])), -2);
  return Buffer.concat([image.subarray(0, -2), Buffer.alloc(last.length * times, last), image.subarray(-2)]);
}

/** A JPEG whose header declares sides of this length. */
export async function promising(side: number, options: { readonly progressive?: boolean } = {}): Promise<Buffer> {
  const image = await sharp({ create: { width: 64, height: 64, channels: 3, background: '#369' } })
    .jpeg(options)
    .toBuffer();
  const at = image.indexOf(Buffer.from([0xff, options.progressive === true ? 0xc2 : 0xc0]));
  image.writeUInt16BE(side, at + 5);
  image.writeUInt16BE(side, at + 7);
  return image;
}

/** The same with a scan that declares one of the three colors only. */
export function inParts(image: Buffer): Buffer {
  const parts = Buffer.from(image);
  parts[parts.indexOf(Buffer.from([0xff, 0xda])) + 4] = 1;
  return parts;
}

/** The beginning of an interlaced PNG. */
export function interlaced(width: number, height: number): Buffer {
  const image = pngOf(width, height);
  image[28] = 1;
  return image;
}
