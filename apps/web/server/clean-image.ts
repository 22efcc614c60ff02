import { ChatError } from '@switchboard/protocol';
import sharp, { type Sharp } from 'sharp';

import { detectImageType, EXTENSIONS, type ImageType } from './image-types.ts';

/** An image that we made ourselves from one that somebody sent. */
export interface CleanImage {
  readonly bytes: Buffer;
  readonly mimeType: ImageType;
  readonly extension: string;
  /** Pixels; of an animation one frame's. */
  readonly width: number;
  readonly height: number;
}

/** What an image may unfold to: a photograph of any phone, or an animation of some length. */
const MAX_PIXELS = 40_000_000;
const MAX_SIDE = 4_096;
const TIMEOUT_S = 15;
/** How many are worked on at once, and how many may wait: each takes some 200 MB at worst. */
const AT_ONCE = 2;
const MAX_WAITING = 30;

sharp.cache(false);

/**
 * Decodes and encodes an image anew: turned upright, without metadata (where and with what it was taken) and without anything that hid behind or
 * between its pixels; at most 4096 pixels a side. PNG, JPEG and WebP stay what they were, animations keep moving.
 *
 * @throws ChatError `unsupported_type` when it is none of these, `too_large` over 40 megapixels, `invalid_request` when it is damaged,
 *   `unavailable` when too many wait
 */
export async function cleanImage(bytes: Buffer): Promise<CleanImage> {
  const mimeType = detectImageType(bytes);
  if (mimeType === undefined) throw new ChatError('unsupported_type', 'The file must be a PNG, JPEG, GIF or WebP image.');
  return await inTurn(async () => await encode(bytes, mimeType));
}

async function encode(bytes: Buffer, mimeType: ImageType): Promise<CleanImage> {
  const animated = mimeType === 'image/gif' || mimeType === 'image/webp';
  try {
    const { width, height, pageHeight, pages = 1 } = await sharp(bytes, { animated, limitInputPixels: false }).metadata();
    if (width * (pageHeight ?? height) * pages > MAX_PIXELS)
      throw new ChatError('too_large', 'The image has too many pixels: 40 million at most.');
    const upright = sharp(bytes, { animated, limitInputPixels: MAX_PIXELS, failOn: 'error' })
      .autoOrient()
      .resize({ width: MAX_SIDE, height: MAX_SIDE, fit: 'inside', withoutEnlargement: true })
      .timeout({ seconds: TIMEOUT_S });
    const { data, info } = await FORMATS[mimeType](upright).toBuffer({ resolveWithObject: true });
    return { bytes: data, mimeType, extension: EXTENSIONS[mimeType], width: info.width, height: info.pageHeight ?? info.height };
  } catch (error) {
    if (error instanceof ChatError) throw error;
    throw new ChatError('invalid_request', 'The image is damaged.', { fields: { file: 'can not be decoded' }, cause: error });
  }
}

const FORMATS: Readonly<Record<ImageType, (image: Sharp) => Sharp>> = {
  'image/png': (image) => image.png(),
  'image/jpeg': (image) => image.jpeg({ quality: 88 }),
  'image/gif': (image) => image.gif(),
  'image/webp': (image) => image.webp({ quality: 88 }),
};

let working = 0;
const waiting: (() => void)[] = [];

/** Runs `work` when its turn comes. */
async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (waiting.length >= MAX_WAITING)
    throw new ChatError('unavailable', 'Too many images at once; try again in a moment.', { retryAfterSeconds: 5 });
  // Whoever is woken takes over the place of whoever finished, so that nobody slips in between.
  if (working >= AT_ONCE) await new Promise<void>((resolve) => waiting.push(resolve));
  else working += 1;
  try {
    return await work();
  } finally {
    const next = waiting.shift();
    if (next === undefined) working -= 1;
    else next();
  }
}
