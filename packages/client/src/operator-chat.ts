import { ChatError } from '@switchboard/protocol/errors';

import type { OperatorChat, OperatorChatOptions } from './types.ts';

/** Opens an operator's side of the chat. */
export function createOperatorChat(options: OperatorChatOptions): OperatorChat {
  throw new ChatError('unavailable', `Nothing listens at ${options.relay.url} yet.`);
}
