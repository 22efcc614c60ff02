import { isUnavailable } from '@switchboard/database';
import { ChatError, ERRORS, type ErrorCode } from '@switchboard/protocol';

import { jsonResponse } from './json-response.ts';

/** The error of the table that anything thrown amounts to; `unexpected` when whoever runs this has to hear of it in the log. */
export function asChatError(error: unknown): { readonly error: ChatError; readonly unexpected: boolean } {
  if (isChatError(error)) return { error, unexpected: error.code === 'internal' };
  if (error instanceof Error && error.name === 'InvalidTokenError')
    return { error: new ChatError('unauthenticated', 'The token is not valid or has run out.', { cause: error }), unexpected: false };
  if (isUnavailable(error))
    return {
      error: new ChatError('unavailable', 'The database is away; try again in a moment.', { retryAfterSeconds: 2, cause: error }),
      unexpected: false,
    };
  if (isOutOfRoom(error))
    return {
      error: new ChatError('unavailable', 'There is no room to store this at the moment; try again later.', {
        retryAfterSeconds: 30,
        cause: error,
      }),
      // Nobody's mistake, but somebody has to make room.
      unexpected: true,
    };
  return { error: new ChatError('internal', 'Something went wrong on our side; it has been noted.', { cause: error }), unexpected: true };
}

/** What the system answers to a write: the disk or the quota on it is full, the disk takes no writes, too many files are open. */
const OUT_OF_ROOM: ReadonlySet<unknown> = new Set(['ENOSPC', 'EDQUOT', 'EROFS', 'EMFILE', 'ENFILE']);

function isOutOfRoom(error: unknown): boolean {
  for (let depth = 0, current = error; depth < 6 && current instanceof Error; depth += 1, current = current.cause)
    if ('code' in current && OUT_OF_ROOM.has(current.code)) return true;
  return false;
}

/** By its marks, not by `instanceof`: bundles that Next.js makes apart have classes of their own. */
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
