import { isInvalidData, isTransactionConflict, isUnavailable } from '@switchboard/database';
import { ChatError, errorFor } from '@switchboard/protocol';

import type { Context } from './context.ts';

/** How often work is attempted when it conflicts with other transactions. */
const ATTEMPTS = 4;
/** How long a caller should wait before retrying when the database is away, in seconds. */
const RETRY_AFTER_SECONDS = 2;

/**
 * Runs the part of a verb that uses the database. Work that PostgreSQL rolled back because of a concurrent transaction is run again.
 *
 * @throws ChatError and nothing else: `unavailable` when the database is away, `invalid_request` for a value that it cannot store, `internal` (logged) for
 * unexpected errors
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
    return errorFor('database_away', undefined, { retryAfterSeconds: RETRY_AFTER_SECONDS, cause: error });
  }
  if (isInvalidData(error)) {
    return errorFor('value_not_storable', undefined, { cause: error });
  }
  ctx.log.error({ err: error }, 'a verb failed unexpectedly');
  return errorFor('unexpected', undefined, { cause: error });
}
