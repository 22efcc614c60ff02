import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

import { COMMON_HEADERS } from '../http/common-headers.ts';
import { textOf } from '../http/json-response.ts';
import { DATA_POLICY } from '../http/security-headers.ts';

/** Smaller bodies are not compressed: it would save almost nothing. Bytes. */
const COMPRESSED_FROM = 1_024;
/** Types that Next.js compresses as well. */
const COMPRESSIBLE = /^text\/|^application\/(?:json|javascript)\b|^image\/svg\+xml\b/;
const compress = promisify(gzip);

/**
 * Sends a route's response. A body whose handler set its length is streamed, any other is buffered; text is compressed for clients that accept it.
 * Resolves when all of it is sent, or the client has disconnected.
 */
export async function sendResponse(response: Response, outgoing: ServerResponse): Promise<void> {
  const { headers, status } = response;
  const { method, headers: asked } = outgoing.req;
  const compressible = COMPRESSIBLE.test(headers.get('content-type') ?? '');
  if (compressible) headers.append('Vary', 'Accept-Encoding');
  for (const [name, value] of Object.entries(COMMON_HEADERS)) if (!headers.has(name)) headers.set(name, value);
  if (status >= 400 && !headers.has('Content-Security-Policy')) headers.set('Content-Security-Policy', DATA_POLICY);
  if (headers.has('content-length')) {
    writeHead(outgoing, response);
    await sendAsItComes(response.body, outgoing);
    return;
  }
  let body: string | Buffer | undefined;
  if (response.body !== null) body = textOf(response) ?? Buffer.from(await response.arrayBuffer());
  // Like Next.js, HEAD answers the length of the uncompressed body.
  const isLong = body !== undefined && Buffer.byteLength(body) >= COMPRESSED_FROM;
  if (body !== undefined && compressible && isLong && method !== 'HEAD' && takesGzip(asked['accept-encoding'])) {
    body = await compress(body);
    headers.set('Content-Encoding', 'gzip');
  }
  if (body !== undefined) headers.set('Content-Length', String(Buffer.byteLength(body)));
  writeHead(outgoing, response);
  outgoing.end(method === 'HEAD' ? undefined : body);
}

function writeHead(outgoing: ServerResponse, { status, headers }: Response): void {
  const lines: Record<string, string | string[]> = {};
  for (const [name, value] of headers) if (name !== 'set-cookie') lines[name] = value;
  const cookies = headers.getSetCookie();
  if (cookies.length > 0) lines['set-cookie'] = cookies;
  outgoing.writeHead(status, lines);
}

/** Resolves when the client disconnects: clients may do that at any time. */
async function sendAsItComes(body: ReadableStream<Uint8Array> | null, outgoing: ServerResponse): Promise<void> {
  if (body === null || outgoing.req.method === 'HEAD') {
    outgoing.end();
    await body?.cancel();
    return;
  }
  try {
    await pipeline(Readable.fromWeb(body as import('node:stream/web').ReadableStream), outgoing);
  } catch (error) {
    if (outgoing.writableFinished || !outgoing.destroyed) throw error;
  }
}

/** Whether a client accepts gzip: `Accept-Encoding` has `gzip` or `*`, not with weight 0. */
function takesGzip(accepted: string | string[] | undefined): boolean {
  return String(accepted ?? '')
    .split(',')
    .some((each) => /^\s*(?:gzip|\*)\s*(?:;\s*q=(?!0(?:\.0*)?\s*$).*)?$/i.test(each));
}
