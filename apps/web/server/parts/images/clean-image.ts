import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

import { errorFor, type ChatError } from '@switchboard/protocol';
import { z } from 'zod';

import { FairQueue, type Waiter } from './fair-queue.ts';
import { refuseCostly, tooManyPixels } from './image-limits.ts';
import { detectImageType, EXTENSIONS, type ImageType } from './image-types.ts';

/** An image that was decoded and encoded again. */
export interface CleanImage {
  readonly bytes: Buffer;
  readonly mimeType: ImageType;
  readonly extension: string;
  /** Pixels; for an animation, of one frame. */
  readonly width: number;
  readonly height: number;
}

/** Cleans images, two at a time, each in a separate process that is killed when it takes too long. */
export interface ImageCleaner {
  /**
   * Decodes and encodes an image again: upright, without metadata (such as place and camera) and without any data beside its pixels, with at most 4096 pixels
   * per side, and 40 megapixels for an animation. PNG, JPEG and WebP keep their type; animations stay animated.
   *
   * @throws ChatError `unsupported_type` for any other file; `too_large` like `refuseCostly`; `invalid_request` when the image is damaged or the signal is
   * aborted; `unavailable` when too many images wait or this one takes too long
   */
  clean(bytes: Buffer, waiter: Waiter): Promise<CleanImage>;
}

const MAX_SIDE = 4_096;
/** Most pixels of all frames of an animation together: encoding takes most of the time. */
const MAX_ANIMATION_PIXELS = 40_000_000;
/**
 * Together less than the 30 s that browsers and proxies wait for a response after the last byte, so that a client retries because of the answer, and not while
 * the work continues.
 */
const TIME_LIMIT_MS = 15_000;
const MAX_WAIT_MS = 10_000;
/** Each process takes at most some 400 MB. */
const QUEUE = { atOnce: 2, maxWaiting: 30, maxWaitingOfCaller: 4 };
const RETRY_AFTER_S = 10;
const MAX_STDERR = 2_000;
/** Signals of a decoder that crashed because of the file. */
const CRASHES: ReadonlySet<NodeJS.Signals | null> = new Set(['SIGSEGV', 'SIGBUS', 'SIGFPE', 'SIGILL', 'SIGTRAP']);

const outcome = z.union([
  z.object({ bytes: z.instanceof(Uint8Array), width: z.int().positive(), height: z.int().positive() }),
  z.object({ tooLarge: z.literal(true) }),
  z.object({ damaged: z.string() }),
]);

/** @param limits how long an image may wait, and how long processing it may take; milliseconds */
export function createImageCleaner(limits: { readonly maxWaitMs?: number; readonly timeLimitMs?: number } = {}): ImageCleaner {
  const { maxWaitMs = MAX_WAIT_MS, timeLimitMs = TIME_LIMIT_MS } = limits;
  const queue = new FairQueue({ ...QUEUE, maxWaitMs });
  return {
    async clean(bytes, waiter) {
      const mimeType = detectImageType(bytes);
      if (mimeType === undefined) throw errorFor('not_a_picture');
      const maxPixels = refuseCostly(bytes, mimeType);
      const task = { bytes, mimeType, maxPixels, maxSide: MAX_SIDE, maxAnimationPixels: MAX_ANIMATION_PIXELS };
      const made = outcome.parse(await queue.run(waiter, async () => await inProcess(task, timeLimitMs, waiter.signal)));
      if ('tooLarge' in made) throw tooManyPixels(maxPixels);
      if ('damaged' in made) throw damaged(made.damaged);
      const { width, height } = made;
      return { bytes: Buffer.from(made.bytes), mimeType, extension: EXTENSIONS[mimeType], width, height };
    },
  };
}

/** The worker's answer. The process ends at the latest when this settles. */
async function inProcess(task: object, timeLimitMs: number, signal: AbortSignal | undefined): Promise<unknown> {
  const worker = fork(/* turbopackIgnore: true */ workerPath(), [], {
    // Without this process's environment: neither secrets nor options for Node.
    env: { NODE_ENV: 'production' },
    execArgv: [],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  const done = new AbortController();
  const until = { signal: done.signal };
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(tooSlow()), timeLimitMs);
    signal?.addEventListener('abort', () => reject(errorFor('request_aborted')), until);
  });
  try {
    const answer = once(worker, 'message', until);
    const ended = endOf(worker, until);
    worker.send(task, () => undefined); // `ended` reports a worker that ends meanwhile.
    const [message] = (await Promise.race([answer, ended, late])) as [unknown];
    return message;
  } finally {
    clearTimeout(timer);
    done.abort();
    worker.kill('SIGKILL');
  }
}

/** Rejects when the worker ends without an answer. */
async function endOf(worker: ChildProcess, until: { readonly signal: AbortSignal }): Promise<never> {
  let stderr = '';
  worker.stderr?.setEncoding('utf8').on('data', (chunk: string) => (stderr = (stderr + chunk).slice(-MAX_STDERR)));
  const [code, signal] = (await once(worker, 'close', until)) as [number | null, NodeJS.Signals | null];
  if (CRASHES.has(signal)) throw damaged(`the decoder ended with ${signal}`);
  // Killed from outside, probably because memory ran out.
  if (signal !== null) throw tooSlow();
  throw new Error(`The process for images ended with ${code}: ${stderr}`);
}

/** The worker is in this folder, but a bundle does not know it: Next.js runs in `apps/web`, tests run in the folder above `apps`. */
function workerPath(): string {
  const places = ['server/parts/images/image-worker.mjs', 'apps/web/server/parts/images/image-worker.mjs'].map((path) =>
    resolve(/* turbopackIgnore: true */ path),
  );
  const found = places.find((path) => existsSync(path));
  if (found === undefined) throw new Error(`The image worker is missing: looked for ${places.join(' and ')}.`);
  return found;
}

function damaged(reason: string): ChatError {
  return errorFor('picture_unreadable', undefined, { fields: { file: 'cannot be decoded' }, cause: new Error(reason) });
}

function tooSlow(): ChatError {
  return errorFor('overloaded', undefined, { retryAfterSeconds: RETRY_AFTER_S });
}
