import type { IncomingMessage } from 'node:http';

/** The part of a request that route handlers use. A `Request` is one. */
export interface HttpRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Headers;
  readonly body: ReadableStream<Uint8Array> | null;
  /** Aborted when the connection ends before the response. */
  readonly signal: AbortSignal;
  /** Node's request, where this server answers without Next.js. Its body is read directly, which is cheaper than through a web stream. */
  readonly incoming?: IncomingMessage;
}
