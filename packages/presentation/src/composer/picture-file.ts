import { IMAGE_TYPES } from '@switchboard/protocol/limits';

import { ProblemError, tooLarge } from '@switchboard/client';

/** A picture that is ready to be sent. */
export interface ReadyPicture {
  readonly blob: Blob;
  readonly name: string;
  /** Pixels, in the displayed orientation. */
  readonly width: number;
  readonly height: number;
}

/** Longest side of a picture after scaling down, in pixels; the server's maximum. */
const MAX_SIDE = 4_096;
/** A picture with more pixels is scaled down: not every server decodes it. */
const MAX_PIXELS = 40_000_000;
const QUALITY = 0.9;
/** Attempts to make a picture small enough, each with the previous side multiplied by `STEP`. */
const ATTEMPTS = 5;
const STEP = 0.7;
/** Side of the copy that is searched for transparent pixels. */
const PROBE_SIDE = 256;
/** Bytes at the beginning of a file that are searched for an animation marker. */
const HEAD_BYTES = 64 * 1024;

/**
 * Reads a picture's size, and scales it down if it has more pixels or bytes than can be sent: to a JPEG, or in its own format if it is transparent. Other
 * pictures are unchanged, and animations always.
 *
 * @param nameInProblem its name in a problem; undefined if it is the only file
 * @throws ProblemError for a file that can't be sent
 */
export async function readyPicture(file: File, nameInProblem: string | undefined, maxBytes: number): Promise<ReadyPicture> {
  const name = file.name === '' ? 'picture' : file.name;
  if (!IMAGE_TYPES.some((type) => type === file.type)) {
    throw new ProblemError({ key: 'not_a_picture', name: nameInProblem });
  }
  const url = URL.createObjectURL(file);
  try {
    const image = await load(url, nameInProblem);
    const { naturalWidth: width, naturalHeight: height } = image;
    if (file.size <= maxBytes && width * height <= MAX_PIXELS) return { blob: file, name, width, height };
    if (!(await isAnimated(file))) {
      const smaller = await shrink(image, file.type, maxBytes);
      if (smaller !== undefined) return { ...smaller, name: renamed(name, file.type, smaller.blob.type) };
    }
    // Only the pixels exceed the limit: the server decides.
    if (file.size <= maxBytes) return { blob: file, name, width, height };
    throw new ProblemError(tooLarge(nameInProblem, file.size, maxBytes));
  } finally {
    URL.revokeObjectURL(url);
  }
}

function load(url: string, nameInProblem: string | undefined): Promise<HTMLImageElement> {
  return new Promise((resolve, reject) => {
    const image = new Image();
    image.addEventListener('load', () => resolve(image));
    image.addEventListener('error', () => reject(new ProblemError({ key: 'picture_unreadable', name: nameInProblem })));
    image.src = url;
  });
}

/** Whether it is animated, by the markers of its format before the first frame. */
async function isAnimated(file: Blob): Promise<boolean> {
  if (file.type === 'image/gif') return true;
  const head = new TextDecoder('latin1').decode(await file.slice(0, HEAD_BYTES).arrayBuffer());
  if (file.type === 'image/webp') return head.slice(12, HEAD_BYTES).includes('ANIM');
  return file.type === 'image/png' && (head.split('IDAT', 1)[0] ?? '').includes('acTL');
}

type Smaller = Omit<ReadyPicture, 'name'>;

/** Scales a picture down. Undefined if it can't be made small enough. */
async function shrink(image: HTMLImageElement, type: string, maxBytes: number): Promise<Smaller | undefined> {
  const kind = type !== 'image/jpeg' && isTransparent(image) ? type : 'image/jpeg';
  let side = Math.min(MAX_SIDE, Math.max(image.naturalWidth, image.naturalHeight));
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const canvas = drawn(image, side);
    const blob = await new Promise<Blob | null>((resolve) => canvas?.toBlob(resolve, kind, QUALITY));
    // A browser that cannot encode a format encodes PNG.
    if (canvas !== undefined && blob !== null && blob.size <= maxBytes) return { blob, width: canvas.width, height: canvas.height };
    side = Math.round(side * STEP);
  }
  return undefined;
}

/** The picture on a canvas with this longest side. Undefined if the browser can't allocate the canvas. */
function drawn(image: HTMLImageElement, side: number): HTMLCanvasElement | undefined {
  const scale = Math.min(1, side / Math.max(image.naturalWidth, image.naturalHeight));
  const canvas = document.createElement('canvas');
  canvas.width = Math.max(1, Math.round(image.naturalWidth * scale));
  canvas.height = Math.max(1, Math.round(image.naturalHeight * scale));
  const context = canvas.getContext('2d');
  if (context === null) return undefined;
  context.imageSmoothingQuality = 'high';
  // `drawImage` applies the orientation of an image element.
  context.drawImage(image, 0, 0, canvas.width, canvas.height);
  return canvas;
}

function isTransparent(image: HTMLImageElement): boolean {
  const canvas = drawn(image, PROBE_SIDE);
  const data = canvas?.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
  for (let at = 3; at < data.length; at += 4) if ((data[at] ?? 255) < 255) return true;
  return false;
}

/** The name with the extension of the new type. */
function renamed(name: string, before: string, now: string): string {
  return before === now ? name : `${name.replace(/\.\w{1,5}$/u, '')}.${now === 'image/jpeg' ? 'jpg' : now.slice('image/'.length)}`;
}
