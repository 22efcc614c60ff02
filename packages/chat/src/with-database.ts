import { isInvalidData, isTransactionConflict, isUnavailable } from '@switchboard/database';
import { ChatError } from '@switchboard/protocol';

import type { Context } from './context.ts';

/** How often work is begun in all when other transactions get in its way. */
const ATTEMPTS = 4;
/** What a caller is told to wait when the database is away, in seconds. */
const RETRY_AFTER_SECONDS = 2;

/**
 * Runs the part of a verb that talks to the database. Work that lost against a concurrent transaction (rolled back, so nothing happened) is run
 * again.
 *
 * @throws ChatError and nothing else: `unavailable` when the database is away, `invalid_request` for what it can't store, `internal` (logged) for
 * the unforeseen
 */
export async function withDatabase<T>(ctx: Pick<Context, 'log'>, work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (isTransactionConflict(error) && attempt < ATTEMPTS) continue;
      throw toChatError(ctx, error);
    }
  }
}

function toChatError(ctx: Pick<Context, 'log'>, error: unknown): ChatError {
  if (error instanceof ChatError) return error;
  if (isUnavailable(error) || isTransactionConflict(error)) {
    return new ChatError('unavailable', 'The database is not reachable at the moment. Try again in a few seconds.', {
      retryAfterSeconds: RETRY_AFTER_SECONDS,
      cause: error,
    });
  }
  if (isInvalidData(error)) {
    return new ChatError('invalid_request', 'The request holds a value that cannot be stored.', { cause: error });
  }
  ctx.log.error({ err: error }, 'a verb failed unexpectedly');
  return new ChatError('internal', 'Something went wrong on our side.', { cause: error });
}
