import type { NewMessage } from '@switchboard/protocol';
import type { Logger } from '@switchboard/telemetry';

import { asChatError } from '../http/present-error.ts';

/** Most message keys in one log entry. */
const MAX_KEYS = 5;

/** Saves, and writes one log entry: the request, the messages (keys, never texts), the duration and the outcome. */
export async function loggingSave<T>(log: Logger, requestId: string, messages: readonly NewMessage[], save: () => Promise<T>): Promise<T> {
  const began = performance.now();
  const messageKeys = messages.slice(0, MAX_KEYS).map(({ messageKey }) => messageKey);
  const fields = () => ({ requestId, messageKeys, messages: messages.length, ms: Math.round(performance.now() - began) });
  try {
    const saved = await save();
    log.debug(fields(), 'messages saved');
    return saved;
  } catch (error) {
    log.info({ ...fields(), code: asChatError(error).error.code }, 'messages not saved');
    throw error;
  }
}
