import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

import { errorFor, type ChatError } from '@switchboard/protocol';
import { z } from 'zod';

import { FairQueue, type Waiter } from './fair-queue.ts';
import { refuseCostly, tooManyPixels } from './image-limits.ts';
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

/** Makes clean images, two at once, each in a process of its own that is killed when it takes too long. */
export interface ImageCleaner {
  /**
   * Decodes and encodes an image anew: turned upright, without metadata (where and with what it was taken) and without anything that hid behind or
   * between its pixels; at most 4096 pixels a side, and 40 megapixels of an animation. PNG, JPEG and WebP stay what they were, animations keep moving.
   *
   * @throws ChatError `unsupported_type` when it is none of these; `too_large` as `refuseCostly` says; `invalid_request` when it
   *   is damaged, or when its signal is aborted; `unavailable` when too many wait or it takes too long
   */
  clean(bytes: Buffer, waiter: Waiter): Promise<CleanImage>;
}

const MAX_SIDE = 4_096;
/** Of an animation, all frames together: encoding is what takes the time. */
const MAX_ANIMATION_PIXELS = 40_000_000;
/**
 * Together shorter than the 30 s that browsers and proxies wait for an answer after the last byte: whoever tries again then does so because they were told,
 * not because they gave up on work that goes on.
 */
const TIME_LIMIT_MS = 15_000;
const MAX_WAIT_MS = 10_000;
/** Each process takes some 400 MB at worst. */
const QUEUE = { atOnce: 2, maxWaiting: 30, maxWaitingOfCaller: 4 };
const RETRY_AFTER_S = 10;
const MAX_STDERR = 2_000;
/** How a decoder ends that a file has led astray. */
const CRASHES: ReadonlySet<NodeJS.Signals | null> = new Set(['SIGSEGV', 'SIGBUS', 'SIGFPE', 'SIGILL', 'SIGTRAP']);

const outcome = z.union([
  z.object({ bytes: z.instanceof(Uint8Array), width: z.int().positive(), height: z.int().positive() }),
  z.object({ tooLarge: z.literal(true) }),
  z.object({ damaged: z.string() }),
]);

/** @param limits how long one image may wait, and how long it may take once it has begun; milliseconds */
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

/** What the worker answers. The process has ended when this settles, or ends at that moment. */
async function inProcess(task: object, timeLimitMs: number, signal: AbortSignal | undefined): Promise<unknown> {
  const worker = fork(/* turbopackIgnore: true */ workerPath(), [], {
    // Nothing of our environment: neither secrets nor options for Node.
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
    worker.send(task, () => undefined); // That it ends meanwhile is heard of by `ended`.
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
  // Killed from outside, most likely for want of memory.
  if (signal !== null) throw tooSlow();
  throw new Error(`The process for images ended with ${code}: ${stderr}`);
}

/** Beside this file, which has no place of its own once it is bundled: Next.js runs in `apps/web`, tests in the folder above `apps`. */
function workerPath(): string {
  const places = ['server/parts/images/image-worker.mjs', 'apps/web/server/parts/images/image-worker.mjs'].map((path) =>
    resolve(/* turbopackIgnore: true */ path),
  );
  const found = places.find((path) => existsSync(path));
  if (found === undefined) throw new Error(`The program for images is missing: looked for ${places.join(' and ')}.`);
  return found;
}

function damaged(reason: string): ChatError {
  return errorFor('picture_unreadable', undefined, { fields: { file: 'cannot be decoded' }, cause: new Error(reason) });
}

function tooSlow(): ChatError {
  return errorFor('overloaded', undefined, { retryAfterSeconds: RETRY_AFTER_S });
}
