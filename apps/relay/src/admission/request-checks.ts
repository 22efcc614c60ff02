import type { IncomingMessage, ServerResponse } from 'node:http';

import { ChatError } from '@switchboard/protocol';
import type { Logger } from '@switchboard/telemetry';

import { findRequestConnection } from '../engine/index.ts';
import { answerError } from '../http-answer.ts';
import type { RelayMetrics } from '../metrics.ts';
import type { RelayServer } from '../peer.ts';
import { isAllowedOrigin } from './origin.ts';

type Check = (request: IncomingMessage) => ChatError | undefined;

/** Checks every request to Socket.IO: the first one of a connection and those that follow. */
function checkRequests(io: RelayServer, check: Check): void {
  io.engine.use((request: IncomingMessage, response: ServerResponse, next: (error?: Error) => void) => {
    const error = check(request);
    if (error === undefined) return next();
    // For an upgrade the response is only a substitute, and Engine.IO answers with a refusal of its own.
    if (request.headers.upgrade !== undefined) return next(error);
    answerError(response, error);
  });
}

/** Checks the origin of every request to Socket.IO. (`allowRequest` would check the first request of a connection only.) */
export function checkOrigins(io: RelayServer, allowed: readonly string[], log: Logger, metrics: RelayMetrics): void {
  checkRequests(io, (request) => {
    if (isAllowedOrigin(request, allowed)) return undefined;
    metrics.originsRefused.add();
    log.info({ origin: request.headers.origin }, 'origin refused');
    return new ChatError('forbidden', 'Origin not allowed');
  });
}

function objectionTo(request: IncomingMessage, io: RelayServer): string | undefined {
  const { method = '', url = '', headers } = request;
  const query = new URLSearchParams(url.split('?')[1]);
  if (query.has('j')) return 'Polling by script tags is not supported: leave the parameter "j" out.';
  if (!['GET', 'POST', 'OPTIONS'].includes(method)) return 'Only GET and POST are used here.';
  if (headers.upgrade === undefined) return undefined;
  // Engine.IO would accept the WebSocket, close its side, and wait for the peer to close the other side.
  if (query.get('transport') !== 'websocket') return 'A WebSocket has the parameter "transport=websocket".';
  const connection = findRequestConnection(io, request);
  return connection?.upgrading === true || connection?.upgraded === true ? 'The connection has its WebSocket.' : undefined;
}

/**
 * Refuses what Engine.IO serves and Switchboard's clients never use: polling by script tags (`j=`), whose answers are scripts that any page may include,
 * methods without a meaning, and WebSockets that can't become part of a connection.
 */
export function refuseUnusedFeatures(io: RelayServer): void {
  checkRequests(io, (request) => {
    const objection = objectionTo(request, io);
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
