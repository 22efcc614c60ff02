import { errorFor } from '@switchboard/protocol';

import type { Params } from './route.ts';

/** The id in the path of a request about one conversation. @throws ChatError `not_found` for anything but a positive number */
export function conversationId({ id = '' }: Params): number {
  if (!/^[1-9]\d{0,9}$/.test(id)) throw errorFor('conversation_not_found');
  return Number(id);
}
