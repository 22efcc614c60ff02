import type { RelayHandlers } from '../transport/connection.ts';

/** A side that is interested in none of the relay's events. */
export const NO_HANDLERS: RelayHandlers = {
  newChat: null,
  incomingMessage: null,
  clientTyping: null,
  chatEnded: null,
  operatorMessage: null,
  operatorBroadcast: null,
  operatorTyping: null,
  error: null,
  conversationChanged: null,
  messagesSeen: null,
  resync: null,
};
