import type { ChatError } from '@switchboard/protocol';

import { asChatError } from '../parts/http/present-error.ts';
import { services } from '../services/services.ts';

/** Runs a server action. Errors are thrown as a `ChatError` with `digest` `switchboard:<code>`, and logged when they are unexpected. */
export async function withErrorCode<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    const { error, unexpected } = asChatError(thrown);
    if (unexpected) services().log.error({ err: thrown }, 'a server action failed');
    throw marked(error);
  }
}

function marked(error: ChatError): ChatError {
  return Object.assign(error, { digest: `switchboard:${error.code}` });
}
