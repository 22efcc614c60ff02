import type { RelayHandlers } from '../transport/connection.ts';

/** Handlers that ignore every relay event. */
export const NO_HANDLERS: RelayHandlers = {
  newChat: null,
  incomingMessage: null,
  clientTyping: null,
  chatEnded: null,
  operatorMessage: null,
  operatorBroadcast: null,
  operatorTyping: null,
  operatorActivity: null,
  error: null,
  conversationChanged: null,
  messagesSeen: null,
  resync: null,
};
