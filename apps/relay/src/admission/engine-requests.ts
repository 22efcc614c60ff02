import type { IncomingMessage, ServerResponse } from 'node:http';

import { ChatError } from '@switchboard/protocol';
import type { Logger } from '@switchboard/telemetry';

import { answerError } from '../http-answer.ts';
import type { RelayMetrics } from '../metrics.ts';
import { isAllowedOrigin } from './origin.ts';
import type { PeerSocket, RelayServer } from '../peer.ts';

type Check = (request: IncomingMessage) => ChatError | undefined;

/** Has every request to Socket.IO checked, the first one of a connection and those that follow. */
function checkRequests(io: RelayServer, check: Check): void {
  io.engine.use((request: IncomingMessage, response: ServerResponse, next: (error?: Error) => void) => {
    const objection = check(request);
    if (objection === undefined) return next();
    // For an upgrade the response is a stand-in, which the engine turns into a refusal of its own.
    if (request.headers.upgrade !== undefined) return next(objection);
    answerError(response, objection);
  });
}

/** Checks the origin of every request to Socket.IO: not of the first alone (as `allowRequest` would), of each one that follows in a connection too. */
export function checkOrigins(io: RelayServer, allowed: readonly string[], log: Logger, metrics: RelayMetrics): void {
  checkRequests(io, (request) => {
    if (isAllowedOrigin(request, allowed)) return undefined;
    metrics.originsRefused.add();
    log.info({ origin: request.headers.origin }, 'origin refused');
    return new ChatError('forbidden', 'Origin not allowed');
  });
}

/** What of Engine.IO's clients says whether a WebSocket may still follow. A test holds it to that. */
interface Upgradable {
  readonly upgrading: boolean;
  readonly upgraded: boolean;
}

function objectionTo(
  { method = '', url = '', headers }: IncomingMessage,
  clients: Readonly<Record<string, Upgradable>>,
): string | undefined {
  const query = new URLSearchParams(url.split('?')[1]);
  if (query.has('j')) return 'Polling by script tags is not supported: leave the parameter "j" out.';
  if (!['GET', 'POST', 'OPTIONS'].includes(method)) return 'Only GET and POST are used here.';
  if (headers.upgrade === undefined) return undefined;
  // The engine would say yes to the WebSocket, close its side, and leave it to the peer to close the other.
  if (query.get('transport') !== 'websocket') return 'A WebSocket has the parameter "transport=websocket".';
  const sid = query.get('sid');
  const client = sid !== null && Object.hasOwn(clients, sid) ? clients[sid] : undefined;
  return client?.upgrading === true || client?.upgraded === true ? 'The connection has its WebSocket.' : undefined;
}

/**
 * Refuses what the engine serves and Switchboard's peers never ask for: polling by script tags (`j=`), whose answers are scripts that any page may include, methods
 * that mean nothing, and WebSockets that would lead nowhere.
 */
export function refuseLeftovers(io: RelayServer): void {
  checkRequests(io, (request) => {
    const objection = objectionTo(request, io.engine['clients']);
    return objection === undefined ? undefined : new ChatError('invalid_request', objection);
  });
}

/** Refuses new connections while this node is full; existing ones are unaffected. */
export function refuseWhenFull(io: RelayServer, hasRoom: () => boolean, metrics: RelayMetrics): void {
  checkRequests(io, ({ url = '' }) => {
    if (/[?&]sid=/.test(url) || hasRoom()) return undefined;
    metrics.connectionsRefused.add(1, { why: 'node' });
    return new ChatError('unavailable', 'Too many connections', { retryAfterSeconds: 5 });
  });
}

/**
 * Lets go of the request that a connection began with, its headers and its token, once the connection was let in: they are a fifth of what a quiet
 * connection would hold, and nobody looks again.
 */
export function forgetRequests(io: RelayServer): (socket: PeerSocket) => void {
  io.engine.use((request: IncomingMessage, response: ServerResponse, next: () => void) => {
    // Kept where it will be looked for: a table of ten thousand of them would be felt.
    if (request.headers.upgrade !== undefined) Object.assign(request, { response });
    next();
  });
  return ({ conn, handshake }) => {
    const request: (IncomingMessage & { readonly response?: ServerResponse }) | undefined = conn.request;
    // What the engine passes off as the response of an upgrade listens for the end of the connection, and holds the request until then.
    if (request?.response !== undefined) Object.assign(request.response, { req: undefined });
    Object.assign(conn, { request: undefined });
    Object.assign(handshake, { headers: {}, query: {}, auth: {} });
  };
}
