import { ChatError } from '@switchboard/protocol/errors';

import type { VisitorChat, VisitorChatOptions } from './types.ts';

/** Opens a visitor's side of the chat. */
export function createVisitorChat(options: VisitorChatOptions): VisitorChat {
  throw new ChatError('unavailable', `Nothing listens at ${options.relay.url} yet.`);
}
