import type { IncomingMessage, ServerResponse } from 'node:http';

import { ChatError } from '@switchboard/protocol';

export function answerJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' });
  response.end(JSON.stringify(body));
}

export function answerError(response: ServerResponse, error: ChatError): void {
  // The rest of an oversized body is not read.
  if (error.code === 'too_large') response.setHeader('connection', 'close');
  answerJson(response, error.status, { error: error.toWire() });
}

/**
 * Reads the body of a request as JSON.
 *
 * @throws ChatError `too_large` past `maxBytes` (the rest is not read), `invalid_request` when it is no JSON
 */
export async function readJson(request: IncomingMessage, maxBytes: number): Promise<unknown> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  // The request is not destroyed when reading stops early: the answer still has to be sent on the same connection.
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw new ChatError('too_large', `The body is too large: at most ${maxBytes} bytes are allowed.`);
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8')) as unknown;
  } catch (cause) {
    throw new ChatError('invalid_request', 'The body is no JSON.', { cause });
  }
}
