import type { IncomingMessage, ServerResponse } from 'node:http';

import type { NewSocket, RelayServer } from '../../peer.ts';

/**
 * Makes a function that frees the request that a connection began with, its headers and its token, once the connection was admitted. They are a fifth of the
 * memory of a quiet connection.
 */
export function createRequestRelease(io: RelayServer): (socket: NewSocket) => void {
  io.engine.use((request: IncomingMessage, response: ServerResponse, next: () => void) => {
    // Kept on the request, because a table of ten thousand of them would take memory again.
    if (request.headers.upgrade !== undefined) Object.assign(request, { response });
    next();
  });
  return ({ conn, handshake }) => {
    const request: (IncomingMessage & { readonly response?: ServerResponse }) | undefined = conn.request;
    // The object that Engine.IO passes as the response of an upgrade listens for the end of the connection, and holds the request until then.
    if (request?.response !== undefined) Object.assign(request.response, { req: undefined });
    Object.assign(conn, { request: undefined });
    Object.assign(handshake, { headers: {}, query: {}, auth: {} });
  };
}
