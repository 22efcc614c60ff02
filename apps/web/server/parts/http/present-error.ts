import { isUnavailable } from '@switchboard/database';
import { errorFor, ERRORS, type ChatError, type ErrorCode } from '@switchboard/protocol';

import { jsonResponse } from './json-response.ts';

/** The `ChatError` for any thrown value. `unexpected`: log it as an error, because an administrator has to know. */
export function asChatError(error: unknown): { readonly error: ChatError; readonly unexpected: boolean } {
  if (isChatError(error)) return { error, unexpected: error.code === 'internal' };
  if (error instanceof Error && error.name === 'InvalidTokenError')
    return { error: errorFor('token_invalid', undefined, { cause: error }), unexpected: false };
  if (isUnavailable(error))
    return { error: errorFor('database_away', undefined, { retryAfterSeconds: 2, cause: error }), unexpected: false };
  if (isOutOfRoom(error))
    // Logged as an error: an administrator has to make room.
    return { error: errorFor('storage_full', undefined, { retryAfterSeconds: 30, cause: error }), unexpected: true };
  return { error: errorFor('unexpected', undefined, { cause: error }), unexpected: true };
}

/** System errors of a write: the disk or its quota is full, the disk is read-only, too many files are open. */
const OUT_OF_ROOM: ReadonlySet<unknown> = new Set(['ENOSPC', 'EDQUOT', 'EROFS', 'EMFILE', 'ENFILE']);

function isOutOfRoom(error: unknown): boolean {
  for (let depth = 0, current = error; depth < 6 && current instanceof Error; depth += 1, current = current.cause)
    if ('code' in current && OUT_OF_ROOM.has(current.code)) return true;
  return false;
}

/** Checks properties instead of `instanceof`: separate bundles of Next.js have their own classes. */
export function isChatError(error: unknown): error is ChatError {
  return error instanceof Error && error.name === 'ChatError' && 'code' in error && isErrorCode(error.code) && 'toWire' in error;
}

function isErrorCode(code: unknown): code is ErrorCode {
  return typeof code === 'string' && Object.hasOwn(ERRORS, code);
}

/** `{ error: … }` with its status. */
export function errorResponse(error: ChatError): Response {
  const { retryAfterSeconds } = error.detail;
  return jsonResponse(
    { error: error.toWire() },
    { status: error.status, headers: retryAfterSeconds === undefined ? {} : { 'Retry-After': String(retryAfterSeconds) } },
  );
}
