import type { ChatError } from '@switchboard/protocol';

import { asChatError } from '../parts/http/present-error.ts';
import { services } from '../services/services.ts';

/** Runs a server action's work; what it throws comes out as a `ChatError` with `digest` `switchboard:<code>`, and in the log when it is our mistake. */
export async function tellingCode<T>(work: () => Promise<T>): Promise<T> {
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
