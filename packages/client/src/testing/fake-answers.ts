import { ChatError, ERRORS } from '@switchboard/protocol/errors';
import type { ErrorCode } from '@switchboard/protocol/types';

export function blocked(): ChatError {
  return new ChatError('blocked', 'You can’t use this chat any more.');
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

export function inADay(): string {
  return new Date(Date.now() + 24 * 60 * 60 * 1_000).toISOString();
}

export function errorAnswer(code: ErrorCode, retryAfter?: number, message = 'Refused by the test.'): Response {
  const { status, retryable } = ERRORS[code];
  return Response.json(
    { error: { code, message, retryable } },
    { status, headers: retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) } },
  );
}

/** The text fields of a form; empty for any other body. */
export function fieldsOf(body: RequestInit['body']): Record<string, unknown> {
  return body instanceof FormData ? Object.fromEntries([...body].filter(([, value]) => typeof value === 'string')) : {};
}
