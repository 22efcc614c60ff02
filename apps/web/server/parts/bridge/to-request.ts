import type { IncomingMessage, ServerResponse } from 'node:http';

import type { HttpRequest } from '../http/http-request.ts';

/** A request as Node.js received it, for route handlers. */
export function toRequest(incoming: IncomingMessage, outgoing: ServerResponse): HttpRequest {
  return new DirectRequest(incoming, outgoing);
}

class DirectRequest implements HttpRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Headers;
  readonly body = null;
  readonly incoming: IncomingMessage;
  readonly #outgoing: ServerResponse;
  #aborting: AbortController | undefined;

  constructor(incoming: IncomingMessage, outgoing: ServerResponse) {
    this.method = incoming.method ?? '';
    // Handlers use the path and the query only; the requested host is not trustworthy.
    this.url = `http://localhost${incoming.url}`;
    this.headers = toHeaders(incoming.headers);
    this.incoming = incoming;
    this.#outgoing = outgoing;
  }

  get signal(): AbortSignal {
    return (this.#aborting ??= abortedWhenClosed(this.#outgoing)).signal;
  }
}

function toHeaders(received: IncomingMessage['headers']): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(received)) {
    if (typeof value === 'string') headers.set(name, value);
    else for (const each of value ?? []) headers.append(name, each);
  }
  return headers;
}

function abortedWhenClosed(outgoing: ServerResponse): AbortController {
  const aborting = new AbortController();
  const end = () => {
    if (!outgoing.writableFinished) aborting.abort();
  };
  if (outgoing.closed) end();
  else outgoing.once('close', end);
  return aborting;
}
