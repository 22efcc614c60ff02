import { ChatError } from '@switchboard/protocol';

/**
 * The whole body, which may have `maxBytes` at most: counted while it arrives, whatever its header promises.
 *
 * @throws ChatError `too_large`; `invalid_request` when it breaks off
 */
async function readBytes(request: Request, maxBytes: number): Promise<Buffer<ArrayBuffer>> {
  const tooLarge = () => new ChatError('too_large', `The request is too large: ${maxBytes} bytes at most.`);
  if (Number(request.headers.get('content-length') ?? 0) > maxBytes) throw tooLarge();
  if (request.body === null) return Buffer.alloc(0);
  const chunks: Uint8Array[] = [];
  let size = 0;
  const reader = request.body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      size += value.byteLength;
      if (size > maxBytes) throw tooLarge();
      chunks.push(value);
    }
  } catch (error) {
    await reader.cancel().catch(() => undefined); // It may be what broke.
    if (error instanceof ChatError) throw error;
    throw new ChatError('invalid_request', 'The request broke off.', { cause: error });
  }
  return Buffer.concat(chunks, size);
}

/** @throws ChatError `unsupported_type` unless it is declared as JSON (a form of another site can't do that), `too_large`, `invalid_request` */
export async function readJson(request: Request, maxBytes: number): Promise<unknown> {
  if (mediaType(request) !== 'application/json') throw new ChatError('unsupported_type', 'The content type must be application/json.');
  const bytes = await readBytes(request, maxBytes);
  try {
    return JSON.parse(bytes.toString('utf8')) as unknown;
  } catch (error) {
    throw new ChatError('invalid_request', 'The body is not JSON.', { cause: error });
  }
}

/** @throws ChatError `unsupported_type` unless it is declared as `multipart/form-data`, `too_large`, `invalid_request` */
export async function readForm(request: Request, maxBytes: number): Promise<FormData> {
  if (mediaType(request) !== 'multipart/form-data')
    throw new ChatError('unsupported_type', 'The content type must be multipart/form-data.');
  const bytes = await readBytes(request, maxBytes);
  try {
    return await new Response(bytes, { headers: { 'content-type': request.headers.get('content-type') ?? '' } }).formData();
  } catch (error) {
    throw new ChatError('invalid_request', 'The body is not a complete multipart form.', { cause: error });
  }
}

function mediaType(request: Request): string {
  const [type = ''] = (request.headers.get('content-type') ?? '').split(';');
  return type.trim().toLowerCase();
}
