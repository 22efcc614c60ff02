import { ChatError } from '@switchboard/protocol';

/** One answer for "does not exist" and "is not yours": an actor must not learn of what they may not see. */
export function conversationNotFound(): ChatError {
  return new ChatError('not_found', 'There is no such conversation.');
}

/** The answer to a blocked visitor, whatever they ask for. */
export function visitorBlocked(): ChatError {
  return new ChatError('blocked', 'You can’t use this chat any more.');
}

/** The answer to a visitor who has ended this chat and asks with a token from before that. */
export function chatOver(): ChatError {
  return new ChatError('unauthenticated', 'This chat has ended.');
}
