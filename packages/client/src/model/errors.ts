import { ChatError } from '@switchboard/protocol/errors';

/** Whether the server has refused a request because the visitor is blocked. */
export function isBlocked(error: unknown): boolean {
  return error instanceof ChatError && error.code === 'blocked';
}

/** Whether the server has no such conversation, or none that this person may see. */
export function isMissing(error: unknown): boolean {
  return error instanceof ChatError && error.code === 'not_found';
}

/** Whether the server requires authentication: the request can succeed once the person has signed in. */
export function isSignedOut(error: unknown): boolean {
  return error instanceof ChatError && error.code === 'unauthenticated';
}

/** Whether the same request will never succeed, no matter who sends it. */
export function isFinal(error: unknown): error is ChatError {
  return error instanceof ChatError && !error.retryable && !isSignedOut(error);
}
