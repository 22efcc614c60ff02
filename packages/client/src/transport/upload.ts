import { ChatError } from '@switchboard/protocol/errors';
import type { AnswerOf } from '@switchboard/protocol/types';

import type { Effects } from '../platform/effects.ts';
import { errorOf, parseJson, urlOf } from './http.ts';
import type { Http } from './http.ts';

const PATH = urlOf('POST /api/chat/uploads');
/** Milliseconds without any progress after which an upload counts as failed. */
const STALL_MS = 30_000;

type UploadResponse = AnswerOf<'POST /api/chat/uploads'>;

/** What to upload. `clientId`: the conversation, if an operator uploads. */
export interface UploadRequest {
  readonly blob: Blob;
  readonly name: string;
  readonly clientId?: number;
  /** The message's key: a retry gets the upload of an earlier attempt whose answer was lost. */
  readonly uploadKey: string;
  /** Cancels the upload. */
  readonly signal: AbortSignal;
}

/**
 * Uploads one image and reports the progress from 0 to 1. Idempotent by its key for a day: that is how long the server keeps an image without a message.
 *
 * @throws ChatError the server's error, or `unavailable`
 */
export function uploadImage(
  effects: Effects,
  http: Http,
  request: UploadRequest,
  onProgress: (done: number) => void,
): Promise<UploadResponse> {
  return http.withRenewal(() => send(effects, http, request, onProgress));
}

function send(effects: Effects, http: Http, request: UploadRequest, onProgress: (done: number) => void): Promise<UploadResponse> {
  const form = new FormData();
  if (request.clientId !== undefined) form.append('clientId', String(request.clientId));
  form.append('uploadKey', request.uploadKey);
  form.append('file', request.blob, request.name);
  return effects.XMLHttpRequest === undefined
    ? sendByFetch(effects, http, form, request.signal)
    : sendByXhr(effects, new effects.XMLHttpRequest(), http, { form, signal: request.signal }, onProgress);
}

function accept(status: number, text: string, retryAfter: string | null): UploadResponse {
  const body = parseJson(text);
  if (status < 200 || status > 299 || typeof body !== 'object' || body === null || !('imageUrl' in body))
    throw errorOf(status, body, retryAfter);
  // The protocol defines the type of the answer.
  return body as UploadResponse;
}

async function sendByFetch(effects: Effects, http: Http, form: FormData, signal: AbortSignal): Promise<UploadResponse> {
  const abort = new AbortController();
  signal.addEventListener('abort', () => abort.abort());
  const cancel = effects.after(STALL_MS, () => abort.abort());
  try {
    const response = await effects.fetch(PATH, {
      method: 'POST',
      headers: http.headers(),
      body: form,
      credentials: 'same-origin',
      signal: abort.signal,
    });
    return accept(response.status, await response.text(), response.headers.get('retry-after'));
  } catch (error) {
    if (error instanceof ChatError) throw error;
    throw new ChatError('unavailable', 'The server could not be reached.', { cause: error });
  } finally {
    cancel();
  }
}

function sendByXhr(
  effects: Effects,
  xhr: XMLHttpRequest,
  http: Http,
  { form, signal }: { readonly form: FormData; readonly signal: AbortSignal },
  onProgress: (done: number) => void,
): Promise<UploadResponse> {
  return new Promise((resolve, reject) => {
    let stalled = () => undefined as void;
    const alive = () => {
      stalled();
      stalled = effects.after(STALL_MS, () => xhr.abort());
    };
    const fail = () => {
      stalled();
      reject(new ChatError('unavailable', 'The server could not be reached.'));
    };
    xhr.open('POST', PATH);
    for (const [name, value] of Object.entries(http.headers())) xhr.setRequestHeader(name, value);
    xhr.upload.addEventListener('progress', (event) => {
      alive();
      if (event.lengthComputable) onProgress(event.loaded / event.total);
    });
    xhr.addEventListener('error', fail);
    xhr.addEventListener('abort', fail);
    xhr.addEventListener('load', () => {
      stalled();
      try {
        resolve(accept(xhr.status, xhr.responseText, xhr.getResponseHeader('retry-after')));
      } catch (error) {
        reject(error instanceof Error ? error : new ChatError('unavailable', String(error)));
      }
    });
    signal.addEventListener('abort', () => xhr.abort());
    alive();
    xhr.send(form);
  });
}
