import type { IncomingMessage, ServerResponse } from 'node:http';

import { limitKey } from '@switchboard/limits/address';
import { ChatError, errorFor } from '@switchboard/protocol';

import type { BodyBytes, BytesUnderWay } from '../http/bytes-under-way.ts';
import { ADDRESS_HEADER } from './note-addresses.ts';
import { DATA_POLICY } from '../http/security-headers.ts';

export interface RequestGuardOptions {
  /** Counts the bytes of bodies that Next.js reads. */
  readonly bytesUnderWay: BytesUnderWay;
  /** How long such a body may take to arrive. Milliseconds. */
  readonly bodyMs?: number;
  /** How long a connection stays open after the response to a request that was not read to its end, so that the client can read the response. Milliseconds. */
  readonly lingerMs?: number;
}

/** Routes under it read their bodies with `request-body.ts`. Everything else belongs to Next.js: pages, server actions, files. */
const API = '/api/';
/** Fits a server action with the longest message. Next.js would otherwise buffer bodies of up to 10 MB, twice for pages. */
const MAX_BYTES = 128 * 1024;
const BODY_MS = 30_000;
const LINGER_MS = 2_000;

/**
 * Checks a request before it is handled, also for paths of Next.js: refuses request targets of other hosts and bodies that no route needs, closes
 * connections whose request is not read to its end, and gives every error page a policy.
 *
 * @returns false when the request was refused and answered
 */
export function passesGuard(request: IncomingMessage, response: ServerResponse, options: RequestGuardOptions): boolean {
  endAfterAnswer(request, response, options.lingerMs ?? LINGER_MS);
  const refusal = refusalOf(request, response, options);
  if (refusal === undefined) return true;
  refuse(response, refusal);
  return false;
}

/** Why the request is refused; undefined when it passes. */
function refusalOf(
  request: IncomingMessage,
  response: ServerResponse,
  { bytesUnderWay, bodyMs = BODY_MS }: RequestGuardOptions,
): ChatError | undefined {
  const { url = '', headers } = request;
  // `GET http://elsewhere/…`: Next.js would build redirects from it.
  if (!url.startsWith('/')) return errorFor('foreign_target');
  if (url.startsWith(API) || !hasBody(request)) return undefined;
  const length = headers['content-length'];
  if (length === undefined) return errorFor('length_required');
  if (Number(length) > MAX_BYTES) return errorFor('request_too_large', { limit: MAX_BYTES });
  return countBody(request, response, bytesUnderWay, Number(length), bodyMs);
}

/** Counts the announced length until the request is answered, and closes the connection when the body arrives too slowly. */
function countBody(
  request: IncomingMessage,
  response: ServerResponse,
  bytesUnderWay: BytesUnderWay,
  length: number,
  bodyMs: number,
): ChatError | undefined {
  const bytes: BodyBytes = bytesUnderWay.open(`address ${limitKey(String(request.headers[ADDRESS_HEADER] ?? 'unknown'))}`);
  try {
    bytes.add(length);
  } catch (error) {
    if (error instanceof ChatError) return error;
    throw error;
  }
  const timer = setTimeout(() => {
    if (!request.complete) request.socket.destroy();
  }, bodyMs).unref();
  response.once('close', () => {
    clearTimeout(timer);
    bytes.release();
  });
  return undefined;
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

function refuse(response: ServerResponse, error: ChatError): void {
  const { retryAfterSeconds } = error.detail;
  response.writeHead(error.status, {
    'Content-Type': 'application/json',
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'no-referrer',
    Connection: 'close',
    ...(retryAfterSeconds === undefined ? {} : { 'Retry-After': String(retryAfterSeconds) }),
  });
  response.end(JSON.stringify({ error: error.toWire() }));
}

/** Closes the connection after the response if the body was not read: its sender could keep it open indefinitely. */
function endAfterAnswer(request: IncomingMessage, response: ServerResponse, lingerMs: number): void {
  response.once('finish', () => {
    if (request.complete) return;
    const timer = setTimeout(() => {
      if (!request.complete) request.socket.destroy();
    }, lingerMs).unref();
    request.socket.once('close', () => clearTimeout(timer));
  });
}

/** Adds the policy that error pages lack which Next.js produces outside of pages and routes (`/widget/nothing`, `/_next/nothing`). */
export function addPolicyToErrors(response: ServerResponse): void {
  const write = response.writeHead.bind(response) as (...given: unknown[]) => ServerResponse;
  response.writeHead = (...given: unknown[]) => {
    if (Number(given[0]) >= 400 && !response.hasHeader('Content-Security-Policy'))
      response.setHeader('Content-Security-Policy', DATA_POLICY);
    return write(...given);
  };
}
