import { IMAGE_TYPES } from '@switchboard/protocol/limits';

import { ProblemError, tooLarge } from '@switchboard/client';

/** A picture as it is sent. */
export interface ReadyPicture {
  readonly blob: Blob;
  readonly name: string;
  /** Pixels, the way up that it is shown. */
  readonly width: number;
  readonly height: number;
}

/** Longest side of a picture that had to be made smaller; the server keeps none longer. */
const MAX_SIDE = 4_096;
/** From this many pixels on a picture is made smaller: not every server decodes more. */
const MAX_PIXELS = 40_000_000;
const QUALITY = 0.9;
/** How often it is tried to make a picture small enough, each time with this part of the side before. */
const ATTEMPTS = 5;
const STEP = 0.7;
/** Side of the copy in which is looked for what can be seen through. */
const PROBE_SIDE = 256;
/** Bytes at the beginning of a file in which an animation says that it is one. */
const HEAD_BYTES = 64 * 1024;

/**
 * Reads a picture's measures, and makes a photograph smaller that has more pixels or bytes than can be sent: upright, as JPEG, or where it can be seen
 * through as what it was. Everything else stays as it is, animations always.
 *
 * @param called what to call it where it can't be sent; undefined where it is the only one
 * @throws ProblemError for a file that can't be sent
 */
export async function readyPicture(file: File, called: string | undefined, maxBytes: number): Promise<ReadyPicture> {
  const name = file.name === '' ? 'picture' : file.name;
  if (!IMAGE_TYPES.some((type) => type === file.type)) {
    throw new ProblemError({ key: 'not_a_picture', name: called });
  }
  const url = URL.createObjectURL(file);
  try {
    const image = await load(url, called);
    const { naturalWidth: width, naturalHeight: height } = image;
    if (file.size <= maxBytes && width * height <= MAX_PIXELS) return { blob: file, name, width, height };
    if (!(await isAnimated(file))) {
      const smaller = await shrink(image, file.type, maxBytes);
      if (smaller !== undefined) return { ...smaller, name: renamed(name, file.type, smaller.blob.type) };
    }
    // What has too many pixels only is for the server to judge.
    if (file.size <= maxBytes) return { blob: file, name, width, height };
    throw new ProblemError(tooLarge(called, file.size, maxBytes));
  } finally {
    URL.revokeObjectURL(url);
  }
}

function load(url: string, called: string | undefined): Promise<HTMLImageElement> {
  return new Promise((resolve, reject) => {
    const image = new Image();
    image.addEventListener('load', () => resolve(image));
    image.addEventListener('error', () => reject(new ProblemError({ key: 'picture_unreadable', name: called })));
    image.src = url;
  });
}

/** Whether it moves, by what its format says before the first frame. */
async function isAnimated(file: Blob): Promise<boolean> {
  if (file.type === 'image/gif') return true;
  const head = new TextDecoder('latin1').decode(await file.slice(0, HEAD_BYTES).arrayBuffer());
  if (file.type === 'image/webp') return head.slice(12, HEAD_BYTES).includes('ANIM');
  return file.type === 'image/png' && (head.split('IDAT', 1)[0] ?? '').includes('acTL');
}

type Smaller = Omit<ReadyPicture, 'name'>;

/** Undefined where it can't be made small enough. */
async function shrink(image: HTMLImageElement, type: string, maxBytes: number): Promise<Smaller | undefined> {
  const kind = type !== 'image/jpeg' && canBeSeenThrough(image) ? type : 'image/jpeg';
  let side = Math.min(MAX_SIDE, Math.max(image.naturalWidth, image.naturalHeight));
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const canvas = drawn(image, side);
    const blob = await new Promise<Blob | null>((resolve) => canvas?.toBlob(resolve, kind, QUALITY));
    // A browser that does not write a format writes PNG.
    if (canvas !== undefined && blob !== null && blob.size <= maxBytes) return { blob, width: canvas.width, height: canvas.height };
    side = Math.round(side * STEP);
  }
  return undefined;
}

/** The picture with this longest side. Undefined where the browser has no room for it. */
function drawn(image: HTMLImageElement, side: number): HTMLCanvasElement | undefined {
  const scale = Math.min(1, side / Math.max(image.naturalWidth, image.naturalHeight));
  const canvas = document.createElement('canvas');
  canvas.width = Math.max(1, Math.round(image.naturalWidth * scale));
  canvas.height = Math.max(1, Math.round(image.naturalHeight * scale));
  const context = canvas.getContext('2d');
  if (context === null) return undefined;
  context.imageSmoothingQuality = 'high';
  // An element is drawn the way up that it is shown.
  context.drawImage(image, 0, 0, canvas.width, canvas.height);
  return canvas;
}

function canBeSeenThrough(image: HTMLImageElement): boolean {
  const canvas = drawn(image, PROBE_SIDE);
  const data = canvas?.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
  for (let at = 3; at < data.length; at += 4) if ((data[at] ?? 255) < 255) return true;
  return false;
}

/** The name with the ending of what it is now. */
function renamed(name: string, before: string, now: string): string {
  return before === now ? name : `${name.replace(/\.\w{1,5}$/u, '')}.${now === 'image/jpeg' ? 'jpg' : now.slice('image/'.length)}`;
}
