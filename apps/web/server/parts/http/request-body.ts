import { errorFor } from '@switchboard/protocol';

import { chunksOf } from './body-chunks.ts';
import type { BodyBytes } from './bytes-under-way.ts';
import type { HttpRequest } from './http-request.ts';
import { requirePlainForm } from './plain-form.ts';
import { requirePlain } from './plain-json.ts';
import { isChatError } from './present-error.ts';

/** The limits for reading a body. */
export interface Allowance {
  readonly maxBytes: number;
  /** Counts the bytes as they arrive. */
  readonly bytes: BodyBytes;
  /** How long a body may take to arrive, in milliseconds; 30 s by default. A body that arrives fast enough may take longer. */
  readonly withinMs?: number;
}

const WITHIN_MS = 30_000;
/** The minimum rate: each of these many bytes extends the deadline by one second, to at most `WITHIN_MS` from then. Slower and stalled bodies are refused. */
const BYTES_PER_SECOND = 16 * 1024;

/**
 * Reads the whole body. Counts it while it arrives, whatever `Content-Length` says, and gives up when it arrives too slowly.
 *
 * @throws ChatError `too_large`; `rate_limited` or `unavailable` when too many bytes are under way; `unavailable` when it is too slow; `invalid_request` when
 * the connection ends before it is complete
 */
async function readBytes(request: HttpRequest, { maxBytes, bytes, withinMs = WITHIN_MS }: Allowance): Promise<Buffer<ArrayBuffer>> {
  const tooLarge = () => errorFor('request_too_large', { limit: maxBytes });
  if (Number(request.headers.get('content-length') ?? 0) > maxBytes) throw tooLarge();
  const body = chunksOf(request);
  const chunks: Uint8Array[] = [];
  let size = 0;
  let deadline: Deadline | undefined;
  try {
    for (;;) {
      // Small bodies arrive with their headers: no need to wait.
      const chunk = body.ready() ?? (await Promise.race([body.next(), (deadline ??= startDeadline(withinMs)).passed]));
      if (chunk === 'end') break;
      size += chunk.byteLength;
      if (size > maxBytes) throw tooLarge();
      bytes.add(chunk.byteLength);
      deadline?.putOff((chunk.byteLength / BYTES_PER_SECOND) * 1_000);
      chunks.push(chunk);
    }
  } catch (error) {
    // The body is not canceled, which would close the connection before the response is sent. The rest is left unread, and the connection closed afterwards.
    // Not `instanceof`: the counter of the bytes may belong to another bundle, with its own class.
    if (isChatError(error)) throw error;
    throw errorFor('request_aborted', undefined, { cause: error });
  } finally {
    deadline?.stop();
  }
  return Buffer.concat(chunks, size);
}

interface Deadline {
  /** Rejects when the deadline has passed. */
  readonly passed: Promise<never>;
  /** Extends the deadline by this many milliseconds, to at most the initial time from now. */
  putOff(ms: number): void;
  stop(): void;
}

function startDeadline(withinMs: number): Deadline {
  let at = performance.now() + withinMs;
  let timer: NodeJS.Timeout | undefined;
  const passed = new Promise<never>((_resolve, reject) => {
    const look = () => {
      const left = at - performance.now();
      if (left > 0) timer = setTimeout(look, left + 1);
      else reject(errorFor('request_too_slow', undefined, { retryAfterSeconds: 2 }));
    };
    look();
  });
  return {
    passed,
    putOff(ms) {
      at = Math.min(at + ms, performance.now() + withinMs);
    },
    stop: () => clearTimeout(timer),
  };
}

/**
 * Reads a JSON body.
 *
 * @throws ChatError `unsupported_type` unless it is declared as JSON (which a form on another site cannot do); whatever `readBytes` and `requirePlain` throw
 */
export async function readJson(request: HttpRequest, allowance: Allowance): Promise<unknown> {
  if (mediaType(request) !== 'application/json') throw errorFor('json_required');
  const bytes = await readBytes(request, allowance);
  requirePlain(bytes);
  try {
    return JSON.parse(bytes.toString('utf8')) as unknown;
  } catch (error) {
    throw errorFor('not_json', undefined, { cause: error });
  }
}

/** Reads and discards the body of a request that should have none. @throws ChatError as `readBytes`, and for JSON as `requirePlain` */
export async function skipBody(request: HttpRequest, allowance: Allowance): Promise<void> {
  const bytes = await readBytes(request, allowance);
  if (mediaType(request) === 'application/json') requirePlain(bytes);
}

/** @throws ChatError `unsupported_type` unless it is declared as `multipart/form-data`; whatever `readBytes` and `requirePlainForm` throw */
export async function readForm(request: HttpRequest, allowance: Allowance): Promise<FormData> {
  if (mediaType(request) !== 'multipart/form-data') throw errorFor('form_required');
  const type = request.headers.get('content-type') ?? '';
  const bytes = await readBytes(request, allowance);
  requirePlainForm(bytes, type);
  try {
    return await new Response(bytes, { headers: { 'content-type': type } }).formData();
  } catch (error) {
    throw errorFor('form_incomplete', undefined, { cause: error });
  }
}

function mediaType(request: HttpRequest): string {
  const [type = ''] = (request.headers.get('content-type') ?? '').split(';');
  return type.trim().toLowerCase();
}
