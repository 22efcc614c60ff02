import type { IncomingMessage } from 'node:http';

/** What route handlers use of a request. A `Request` is one. */
export interface HttpRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Headers;
  readonly body: ReadableStream<Uint8Array> | null;
  /** Aborted when the connection ends before the answer. */
  readonly signal: AbortSignal;
  /** What Node.js received, where this server answers without Next.js: its body is read as it is, which takes less than a stream of the web does. */
  readonly incoming?: IncomingMessage;
}
