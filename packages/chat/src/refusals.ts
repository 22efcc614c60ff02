import { errorFor, type ChatError } from '@switchboard/protocol';

/** One answer for "does not exist" and "is not yours": an actor must not learn of what they may not see. */
export function conversationNotFound(): ChatError {
  return errorFor('conversation_not_found');
}

/** The answer to a blocked visitor, whatever they ask for. */
export function visitorBlocked(): ChatError {
  return errorFor('you_are_blocked');
}

/** The answer to a visitor who has ended this chat and asks with a token from before that. */
export function chatOver(): ChatError {
  return errorFor('chat_ended');
}
