// Decodes and encodes one image in a separate process: whatever a file makes the decoder do, it can be killed, and it has access to neither secrets nor the
// database. Plain JavaScript, because the oldest supported Node cannot run TypeScript without a build.
import { setPriority } from 'node:os';

import sharp from 'sharp';

/** Saving messages has priority over images. */
const NICE = 5;

const FORMATS = {
  'image/png': (image) => image.png(),
  'image/jpeg': (image) => image.jpeg({ quality: 88 }),
  'image/gif': (image) => image.gif(),
  'image/webp': (image) => image.webp({ quality: 88 }),
};

/** @returns the answer for `clean-image.ts`: `{ bytes, width, height }`, `{ tooLarge: true }` or `{ damaged: <reason> }` */
async function clean({ bytes, mimeType, maxPixels, maxSide, maxAnimationPixels }) {
  const animated = mimeType === 'image/gif' || mimeType === 'image/webp';
  try {
    const { width, height, pageHeight, pages = 1 } = await sharp(bytes, { animated, limitInputPixels: false }).metadata();
    const [frameHeight, pixels] = [pageHeight ?? height, width * (pageHeight ?? height) * pages];
    if (pixels > maxPixels) return { tooLarge: true };
    const shrunk = pages > 1 ? Math.max(width, frameHeight) * Math.sqrt(maxAnimationPixels / pixels) : maxSide;
    const side = Math.max(1, Math.min(maxSide, Math.floor(shrunk)));
    const upright = sharp(bytes, { animated, limitInputPixels: maxPixels, failOn: 'error' })
      .autoOrient()
      .resize({ width: side, height: side, fit: 'inside', withoutEnlargement: true });
    const { data, info } = await FORMATS[mimeType](upright).toBuffer({ resolveWithObject: true });
    return { bytes: data, width: info.width, height: info.pageHeight ?? info.height };
  } catch (error) {
    return { damaged: error instanceof Error ? error.message : String(error) };
  }
}

// The parent process has ended. Not `exit`, which would wait for the decoder.
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
process.once('message', (task) => {
  void clean(task).then((outcome) => process.send(outcome));
});
setPriority(NICE);
sharp.cache(false);
